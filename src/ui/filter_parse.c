/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "ui/filter.h"

/* Longest part of the expression that a message repeats. */
#define QUOTE_CELLS 24

#define NO_NODE (-1)

/**
 * The grammar, by recursive descent:
 *
 *	either = both { "or" both }
 *	both   = part { [ "and" ] part }
 *	part   = { "not" } ( "(" either ")" | term )
 *	term   = word [ op value ]
 */
struct parser {
	const char *at;        /**< in filter->source */
	struct filter *filter; /**< under construction */
	size_t words_used;     /**< of filter->words */
	int depth;             /**< parentheses that are open */
	struct text error;     /**< the message; empty: none */
};

struct op_text {
	const char *text;
	enum filter_op op;
};

/** What is compared in a term. */
struct comparison {
	const struct column *column;
	const struct op_text *op;
	const char *value_at; /**< in filter->source */
	const char *value;    /**< in filter->words */
};

static const struct op_text ops[] = {
	/* Longer ones first: "<" begins "<=". */
	{ "==", FILTER_EQ },
	{ "!=", FILTER_NE },
	{ "<=", FILTER_LE },
	{ ">=", FILTER_GE },
	{ "=", FILTER_EQ },
	{ "<", FILTER_LT },
	{ ">", FILTER_GT },
	{ "~", FILTER_MATCH },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

/** Whether a word in the place of a value ends here. */
static bool ends_value(char c)
{
	return c == '\0' || is_blank(c) || c == '(' || c == ')';
}

/** The operator that begins here, or NULL. */
static const struct op_text *op_at(const char *at)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (strncmp(at, ops[i].text, strlen(ops[i].text)) == 0)
			return &ops[i];
	}
	return NULL;
}

/** Begin the message about a place; more is appended to the text returned. */
static struct text *complain(struct parser *parser, const char *at)
{
	const char *from = parser->filter->source;
	int column = 1;

	while (from < at) {
		utf8_next(&from, at);
		column++;
	}
	text_fmt(&parser->error, "column %d: ", column);
	return &parser->error;
}

static void add_quoted(struct text *text, const char *at, size_t len)
{
	char buf[FILTER_TEXT_MAX];
	struct text clean;

	text_init(&clean, buf, sizeof(buf));
	text_add_clean(&clean, at, len);
	text_add(text, "'");
	text_add_bytes(text, buf, text_fit(buf, QUOTE_CELLS));
	text_add(text, text_cells(buf) > QUOTE_CELLS ? "...'" : "'");
}

/** Say what stands here instead of what was expected. */
static void add_found(struct text *text, const char *at)
{
	size_t len = 1;

	if (*at == '\0') {
		text_add(text, " here, at the end");
		return;
	}
	while (*at != '(' && *at != ')' && !ends_value(at[len]))
		len++;
	text_add(text, ", not ");
	add_quoted(text, at, len);
}

static void skip_blanks(struct parser *parser)
{
	while (is_blank(*parser->at))
		parser->at++;
}

/** Whether a word of the grammar stands here. */
static bool at_keyword(const struct parser *parser, const char *keyword)
{
	const char *at = parser->at;

	while (*keyword) {
		const int c = *at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at;

		if (c != *keyword)
			return false;
		at++;
		keyword++;
	}
	return ends_value(*at);
}

static bool take_keyword(struct parser *parser, const char *keyword)
{
	skip_blanks(parser);
	if (!at_keyword(parser, keyword))
		return false;
	parser->at += strlen(keyword);
	return true;
}

static int add_node(struct parser *parser, const char *at, const struct filter_node *node)
{
	struct filter *filter = parser->filter;

	if (filter->n_nodes == FILTER_NODES_MAX) {
		text_fmt(complain(parser, at), "more than %d words, comparisons, and, or, not",
			FILTER_NODES_MAX);
		return NO_NODE;
	}
	filter->nodes[filter->n_nodes] = *node;
	return filter->n_nodes++;
}

static int add_branch(struct parser *parser, enum filter_op op, int left, int right)
{
	const struct filter_node node = { .op = op, .left = left, .right = right };

	if (left == NO_NODE || right == NO_NODE)
		return NO_NODE;
	return add_node(parser, parser->at, &node);
}

/* Words need at most as many bytes as the source, and one NUL for each of its bytes. */
static void put_byte(struct parser *parser, char c)
{
	parser->filter->words[parser->words_used++] = c;
}

/** A text in quotes, in which a backslash keeps a quote or a backslash from its meaning. */
static bool take_quoted(struct parser *parser)
{
	const char *open = parser->at;
	const char quote = *parser->at++;

	while (*parser->at != quote) {
		if (parser->at[0] == '\\' && (parser->at[1] == quote || parser->at[1] == '\\'))
			parser->at++;
		if (*parser->at == '\0') {
			text_add(complain(parser, open), "this quote is never closed");
			return false;
		}
		put_byte(parser, *parser->at++);
	}
	parser->at++;
	return true;
}

/** The word or quoted text that begins here, NULL after an error. */
static const char *take_word(struct parser *parser, bool is_value)
{
	const char *word = &parser->filter->words[parser->words_used];

	if (is_quote(*parser->at)) {
		if (!take_quoted(parser))
			return NULL;
	} else {
		while (!ends_value(*parser->at) && (is_value || !op_at(parser->at)))
			put_byte(parser, *parser->at++);
	}
	put_byte(parser, '\0');
	return word;
}

/** "after 'mem >'", which every message about a value has. */
static void add_after(struct text *text, const struct comparison *comparison)
{
	text_fmt(text, " after '%s %s'", comparison->column->id, comparison->op->text);
}

static int complain_of_number(struct parser *parser, const struct comparison *comparison, int error)
{
	struct text *text = complain(parser, comparison->value_at);
	const char *what = "a number";

	if (error == -ERANGE) {
		add_quoted(text, comparison->value, strlen(comparison->value));
		text_add(text, " is too large");
		return NO_NODE;
	}
	if (comparison->column->kind == COLUMN_BYTES)
		what = "a number or a size";
	else if (strcmp(comparison->column->unit, "seconds") == 0)
		what = "a number or a time";
	text_fmt(text, "expected %s", what);
	add_after(text, comparison);
	text_add(text, ", not ");
	add_quoted(text, comparison->value, strlen(comparison->value));
	return NO_NODE;
}

static bool op_suits(enum column_kind kind, enum filter_op op)
{
	if (op == FILTER_EQ || op == FILTER_NE)
		return true;
	return (kind == COLUMN_TEXT) == (op == FILTER_MATCH);
}

/** The comparison by the operator that stands here, of the field that was read before. */
static int take_comparison(
	struct parser *parser, const struct op_text *op, const char *field_at, const char *field)
{
	struct comparison comparison = { .column = column_find(field), .op = op };
	struct filter_node node = { .op = op->op, .column = comparison.column };
	int rc;

	if (!comparison.column) {
		text_add(complain(parser, field_at), "no such field ");
		add_quoted(&parser->error, field, strlen(field));
		return NO_NODE;
	}
	if (!op_suits(comparison.column->kind, node.op)) {
		text_fmt(complain(parser, parser->at), "'%s' is %s", comparison.column->id,
			comparison.column->kind == COLUMN_TEXT
				? "text: compare it with = != or ~"
				: "a number: compare it with = != < <= > or >=");
		return NO_NODE;
	}

	parser->at += strlen(op->text);
	skip_blanks(parser);
	comparison.value_at = parser->at;
	if (ends_value(*parser->at) || op_at(parser->at)) {
		text_add(complain(parser, parser->at), "expected a value");
		add_after(&parser->error, &comparison);
		add_found(&parser->error, parser->at);
		return NO_NODE;
	}
	comparison.value = take_word(parser, true);
	if (!comparison.value)
		return NO_NODE;
	node.text = comparison.value;
	if (comparison.column->kind != COLUMN_TEXT) {
		rc = column_parse(comparison.column, comparison.value, &node.number);
		if (rc < 0)
			return complain_of_number(parser, &comparison, rc);
	}
	return add_node(parser, field_at, &node);
}

static int take_term(struct parser *parser)
{
	const char *at = parser->at;
	struct filter_node node = { .op = FILTER_WORD };
	const bool quoted = is_quote(*at);

	if (ends_value(*at) || op_at(at) || at_keyword(parser, "or") || at_keyword(parser, "and")) {
		text_add(complain(parser, at), "expected a word or a comparison");
		add_found(&parser->error, at);
		return NO_NODE;
	}
	node.text = take_word(parser, false);
	if (!node.text)
		return NO_NODE;
	if (!quoted) {
		const struct op_text *op;

		skip_blanks(parser);
		op = op_at(parser->at);
		if (op)
			return take_comparison(parser, op, at, node.text);
	}
	return add_node(parser, at, &node);
}

static int take_either(struct parser *parser);

static int take_parentheses(struct parser *parser)
{
	const char *open = parser->at++;
	int node;

	if (++parser->depth > FILTER_NODES_MAX) {
		text_fmt(complain(parser, open), "more than %d parentheses inside each other",
			FILTER_NODES_MAX);
		return NO_NODE;
	}
	node = take_either(parser);
	parser->depth--;
	if (node == NO_NODE)
		return NO_NODE;
	skip_blanks(parser);
	if (*parser->at != ')') {
		text_add(complain(parser, open), "this '(' is never closed");
		return NO_NODE;
	}
	parser->at++;
	return node;
}

static int take_part(struct parser *parser)
{
	int nots = 0, node;

	while (take_keyword(parser, "not"))
		nots++;
	node = *parser->at == '(' ? take_parentheses(parser) : take_term(parser);
	for (; nots > 0; nots--)
		node = add_branch(parser, FILTER_NOT, node, 0);
	return node;
}

static int take_both(struct parser *parser)
{
	int node = take_part(parser);

	while (node != NO_NODE) {
		const bool said = take_keyword(parser, "and");

		skip_blanks(parser);
		if (!said &&
			(*parser->at == '\0' || *parser->at == ')' || at_keyword(parser, "or")))
			break;
		node = add_branch(parser, FILTER_AND, node, take_part(parser));
	}
	return node;
}

static int take_either(struct parser *parser)
{
	int node = take_both(parser);

	while (node != NO_NODE && take_keyword(parser, "or"))
		node = add_branch(parser, FILTER_OR, node, take_both(parser));
	return node;
}

static int parse(struct parser *parser)
{
	skip_blanks(parser);
	if (*parser->at == '\0')
		return 0;
	parser->filter->root = take_either(parser);
	if (parser->filter->root == NO_NODE)
		return -EINVAL;
	if (*parser->at == '\0')
		return 0;
	text_add(complain(parser, parser->at), "this ')' has no '('");
	return -EINVAL;
}

int filter_parse(const char *expression, struct filter *ret, char *error, size_t error_size)
{
	struct filter filter = { .root = 0 };
	struct parser parser = { .at = filter.source, .filter = &filter };
	const size_t len = strlen(expression);
	int rc;

	text_init(&parser.error, error, error_size);
	memcpy(filter.source, expression, len < FILTER_TEXT_MAX ? len : FILTER_TEXT_MAX - 1);
	if (len >= FILTER_TEXT_MAX) {
		text_fmt(complain(&parser, filter.source + FILTER_TEXT_MAX - 1),
			"a filter has at most %d bytes", FILTER_TEXT_MAX - 1);
		return -EINVAL;
	}
	rc = parse(&parser);
	if (rc < 0)
		return rc;

	*ret = filter;
	for (int i = 0; i < ret->n_nodes; i++) {
		if (ret->nodes[i].text)
			ret->nodes[i].text = ret->words + (ret->nodes[i].text - filter.words);
	}
	return 0;
}
