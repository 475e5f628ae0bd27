/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void ui_state_init(struct ui_state *state)
{
	memset(state, 0, sizeof(*state));
	state->tab = TAB_MAIN;
	state->overlay = OVERLAY_NONE;
	state->prompt = PROMPT_NONE;
	state->delay_ms = DELAY_DEFAULT_MS;
}

/* Messages may quote names of processes: clean whatever the caller did. */
__attribute__((format(printf, 3, 0))) static void format_clean(
	char *buf, size_t size, const char *format, va_list args)
{
	char raw[PROMPT_MAX];
	struct text text;

	vsnprintf(raw, sizeof(raw), format, args);
	text_init(&text, buf, size);
	text_add_clean(&text, raw, strlen(raw));
}

__attribute__((format(printf, 3, 0))) static void log_add(
	struct log *log, int64_t time_ms, const char *format, va_list args)
{
	struct log_line *line = &log->lines[log->next];

	log->total++;
	line->time_ms = time_ms;
	format_clean(line->text, sizeof(line->text), format, args);
	log->next = (log->next + 1) % LOG_LINES;
	if (log->count < LOG_LINES)
		log->count++;
}

__attribute__((format(printf, 3, 0))) static void message_set(
	struct ui_state *state, bool bad, const char *format, va_list args)
{
	format_clean(state->message, sizeof(state->message), format, args);
	state->message_bad = bad;
	state->message_until_ms = 0;
}

void ui_log(struct ui_state *state, int64_t time_ms, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_add(&state->log, time_ms, format, args);
	va_end(args);
}

void ui_hint(struct ui_state *state, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_set(state, false, format, args);
	va_end(args);
}

void ui_refuse(struct ui_state *state, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_set(state, true, format, args);
	va_end(args);
}

void ui_message(struct ui_state *state, int64_t time_ms, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_add(&state->log, time_ms, format, args);
	va_end(args);
	va_start(args, format);
	message_set(state, false, format, args);
	va_end(args);
}

const struct log_line *ui_log_line(const struct log *log, unsigned i)
{
	if (i >= log->count)
		return NULL;
	return &log->lines[(log->next + LOG_LINES - 1 - i) % LOG_LINES];
}
