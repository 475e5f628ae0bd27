/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/filter.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && text_contains(a, b);
}

static bool holds(const char *string, const char *word)
{
	return string && text_contains(string, word);
}

static bool word_passes(const char *word, const struct task_row *row)
{
	const struct task *task = row_task(row);
	const struct identity *who = task->who;
	char buf[COLUMN_TEXT_MAX];
	struct text name;

	if (holds(task->comm, word) || holds(who->cmdline, word) || holds(who->unit, word) ||
		holds(who->container, word) || holds(who->user, word) || holds(who->cgroup, word))
		return true;
	/* NAME is made of these, so it is only built for a word with something of its own:
	 * the blank between its parts, a kernel thread's brackets, the mark of cleaned text. */
	if (!strpbrk(word, " []?"))
		return false;
	text_init(&name, buf, sizeof(buf));
	row_name(row, &name);
	return text_contains(buf, word);
}

static bool text_passes(const struct filter_node *node, const struct task_row *row)
{
	char buf[COLUMN_TEXT_MAX];
	struct text scratch;
	const char *string;

	text_init(&scratch, buf, sizeof(buf));
	string = node->column->string(row, &scratch);
	if (!string)
		return false;
	if (node->op == FILTER_EQ)
		return same(string, node->text);
	if (node->op == FILTER_NE)
		return !same(string, node->text);
	if (strpbrk(node->text, "*?["))
		return text_match(node->text, string);
	return text_contains(string, node->text);
}

static bool number_passes(const struct filter_node *node, const struct task_row *row)
{
	const int64_t value = node->column->value(row);

	if (!value_known(value))
		return false;
	switch (node->op) {
	case FILTER_EQ:
		return value == node->number;
	case FILTER_NE:
		return value != node->number;
	case FILTER_LT:
		return value < node->number;
	case FILTER_LE:
		return value <= node->number;
	case FILTER_GT:
		return value > node->number;
	case FILTER_GE:
		return value >= node->number;
	case FILTER_WORD:
	case FILTER_MATCH:
	case FILTER_AND:
	case FILTER_OR:
	case FILTER_NOT:
		break;
	}
	return false;
}

/* As deep as the tree, which has at most FILTER_NODES_MAX nodes. */
static bool node_passes(const struct filter *filter, int i, const struct task_row *row)
{
	const struct filter_node *node = &filter->nodes[i];

	switch (node->op) {
	case FILTER_AND:
		return node_passes(filter, node->left, row) &&
			node_passes(filter, node->right, row);
	case FILTER_OR:
		return node_passes(filter, node->left, row) ||
			node_passes(filter, node->right, row);
	case FILTER_NOT:
		return !node_passes(filter, node->left, row);
	case FILTER_WORD:
		return word_passes(node->text, row);
	case FILTER_EQ:
	case FILTER_NE:
	case FILTER_LT:
	case FILTER_LE:
	case FILTER_GT:
	case FILTER_GE:
	case FILTER_MATCH:
		break;
	}
	if (node->column->kind == COLUMN_TEXT)
		return text_passes(node, row);
	return number_passes(node, row);
}

bool filter_passes(const struct filter *filter, const struct task_row *row)
{
	return filter->n_nodes == 0 || node_passes(filter, filter->root, row);
}
