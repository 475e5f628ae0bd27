/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/page.h"
#include "ui/panels.h"

/** Cells of "19:41:07  ". */
#define CLOCK_COLS 10

/** Cells of "- ". */
#define BULLET_COLS 2

static void log_item(const struct view *view, struct page *page, const struct log_line *line)
{
	char clock[16];
	struct text text;

	text_init(&text, clock, sizeof(clock));
	view_clock(view, line->time_ms, &text);
	page_item(page, CLOCK_COLS, STYLE_NORMAL, clock, line->text);
}

/* All of the explanation. */
static void draw_told(const struct told *told, const char *title, struct page *page)
{
	page_text(page, STYLE_TITLE, title);
	for (uint32_t i = 0; i < told->n_sentences; i++)
		page_item(page, BULLET_COLS, STYLE_NORMAL, "-", told->sentences[i]);
	if (told->n_next > 0)
		page_text(page, STYLE_TITLE, "What to look at");
	for (uint32_t i = 0; i < told->n_next; i++)
		page_item(page, BULLET_COLS, STYLE_NORMAL, "-", told->next[i]);
	page_text(page, STYLE_NORMAL, "");
}

void panel_log(struct view *view, struct canvas *canvas, struct rect where)
{
	const struct log *log = &view->state->log;
	struct page page;

	page_begin(&page, canvas, where, view->state->scroll);
	if (view->now && view->now->told)
		draw_told(view->now->told, "What the report says", &page);
	page_text(&page, STYLE_TITLE, "Messages and changes, newest first");
	if (changes_last(&view->state->changes))
		page_text(&page, STYLE_DIM, "Backspace takes back the last change of ADJ");
	if (log->count == 0)
		page_text(&page, STYLE_DIM, "nothing happened yet");
	for (unsigned i = 0; i < log->count; i++)
		log_item(view, &page, ui_log_line(log, i));
	if (log->count == LOG_LINES)
		page_fmt(&page, STYLE_DIM, "older ones are gone: %d are kept", LOG_LINES);
	view->state->pages = page.line;
}

void panel_events(struct view *view, struct canvas *canvas, struct rect where)
{
	const struct log *log = &view->state->log;
	struct page page;

	page_begin(&page, canvas, where, 0);
	if (view->now && view->now->told) {
		draw_told(view->now->told, "What the report says (5 shows all)", &page);
		return;
	}
	page_text(&page, STYLE_TITLE, "Last events");
	if (log->count == 0)
		page_text(&page, STYLE_DIM, "none so far: levels and kills will stand here");
	for (unsigned i = 0; i < log->count && page.line < where.rows; i++)
		log_item(view, &page, ui_log_line(log, i));
}
