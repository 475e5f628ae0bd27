/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/commands.h"
#include "ui/page.h"
#include "ui/panels.h"

#define LABEL_COLS 16

static void draw_command(struct page *page, const struct command *command)
{
	char keys[64];
	struct text text;

	text_init(&text, keys, sizeof(keys));
	for (size_t i = 0; i < COMMAND_KEYS_MAX && command->keys[i]; i++)
		text_fmt(&text, "%s%s", i > 0 ? " " : "", command->keys[i]);
	page_item(page, LABEL_COLS, STYLE_NORMAL, keys, command->help);
}

/* Groups in the order in which they first appear in the table. */
static void draw_group(struct page *page, const struct command *all, unsigned count, unsigned first)
{
	for (unsigned i = 0; i < first; i++)
		if (strcmp(all[i].group, all[first].group) == 0)
			return;
	page_text(page, STYLE_TITLE, all[first].group);
	for (unsigned i = first; i < count; i++)
		if (strcmp(all[i].group, all[first].group) == 0)
			draw_command(page, &all[i]);
	page_text(page, STYLE_NORMAL, "");
}

static const char *grouped_words(enum column_grouped grouped)
{
	switch (grouped) {
	case GROUPED_SUM:
		return "the sum";
	case GROUPED_SAME:
		return "if all are the same";
	case GROUPED_COUNT:
		return "x12, so many processes";
	case GROUPED_NAME:
		return "its name, + folded, - unfolded";
	case GROUPED_FIRST:
	default:
		return "of who dies first";
	}
}

static void draw_columns(struct page *page)
{
	unsigned count;
	const struct column *all = columns_all(&count);

	page_text(page, STYLE_TITLE,
		"Columns (with the name that -o and filters use, and what rows of groups show)");
	for (unsigned i = 0; i < count; i++) {
		char label[64], help[256];
		struct text text;

		text_init(&text, label, sizeof(label));
		text_fmt(&text, "%s %s", all[i].title, all[i].id);
		text_init(&text, help, sizeof(help));
		text_fmt(&text, "%s; group: %s", all[i].help, grouped_words(all[i].grouped));
		page_item(page, LABEL_COLS, STYLE_NORMAL, label, help);
	}
	page_text(page, STYLE_NORMAL, "");
}

static void draw_group_columns(struct page *page)
{
	unsigned count;
	const struct group_column *all = group_columns(&count);

	page_text(page, STYLE_TITLE, "Columns of the cgroups tab");
	for (unsigned i = 0; i < count; i++)
		page_item(page, LABEL_COLS, STYLE_NORMAL, all[i].title, all[i].help);
	page_text(page, STYLE_NORMAL, "");
}

static void draw_words(struct page *page, const struct glossary_entry *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		page_item(page, LABEL_COLS, STYLE_NORMAL, words[i].word, words[i].meaning);
}

static void draw_glossary(struct page *page)
{
	unsigned count;
	const struct glossary_entry *words = glossary_all(&count);

	page_text(page, STYLE_TITLE, "Words");
	draw_words(page, words, count);
	page_text(page, STYLE_NORMAL, "");
	page_text(page, STYLE_TITLE, "Words of scopes, groups and userspace killers");
	words = glossary_scopes(&count);
	draw_words(page, words, count);
}

void panel_help(struct view *view, struct canvas *canvas, struct rect where)
{
	unsigned count;
	const struct command *all = commands_all(&count);
	struct page page;

	page_begin(&page, canvas, where, view->state->scroll);
	page_text(&page, STYLE_TITLE,
		"Is this machine about to run out of memory, and whom would the kernel kill?");
	page_text(&page, STYLE_NORMAL, "");
	for (unsigned i = 0; i < count; i++)
		draw_group(&page, all, count, i);
	draw_columns(&page);
	draw_group_columns(&page);
	draw_glossary(&page);
	view->state->pages = page.line;
}
