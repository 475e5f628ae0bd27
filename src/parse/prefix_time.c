/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/prefix_time.h"

#include <string.h>

/** Words of a time before its clock: weekday, month, day, year. */
#define WORDS_MAX 4
/** Longest of them, in bytes ("septembre"). */
#define WORD_MAX 12
/** Beyond any machine's uptime, and far from overflowing in microseconds. */
#define UPTIME_S_MAX INT64_C(1000000000000)

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool digits(struct scan *scan, unsigned min, unsigned max)
{
	unsigned n = 0;

	while (n < max && !scan_done(scan) && is_digit(*scan->at)) {
		scan->at++;
		n++;
	}
	return n >= min;
}

/* "19:57:17", with fraction and zone if there are any; all that is left of a word. */
static bool is_clock(struct span word, bool *ret_bare)
{
	struct scan scan = scan_of(word.at, word.len);

	if (!digits(&scan, 1, 2) || !scan_literal(&scan, ":") || !digits(&scan, 2, 2) ||
		!scan_literal(&scan, ":") || !digits(&scan, 2, 2))
		return false;
	*ret_bare = scan_literal(&scan, ",");
	if (*ret_bare || scan_literal(&scan, "."))
		digits(&scan, 0, 9);
	if (scan_literal(&scan, "+") || scan_literal(&scan, "-")) {
		digits(&scan, 2, 4);
		if (scan_literal(&scan, ":"))
			digits(&scan, 2, 2);
	} else {
		(void)(scan_literal(&scan, "Z") || scan_literal(&scan, ","));
	}
	return scan_done(&scan);
}

/* "2026-11-21T19:57:17…" */
static bool is_iso(struct span word, bool *ret_bare)
{
	struct scan scan = scan_of(word.at, word.len);

	return digits(&scan, 4, 4) && scan_literal(&scan, "-") && digits(&scan, 2, 2) &&
		scan_literal(&scan, "-") && digits(&scan, 2, 2) && scan_literal(&scan, "T") &&
		is_clock((struct span){ scan.at, (size_t)(scan.end - scan.at) }, ret_bare);
}

/* "1700000000.123456", as journalctl -o short-unix prints it. */
static bool is_unix(struct span word)
{
	struct scan scan = scan_of(word.at, word.len);

	return digits(&scan, 9, 12) && scan_literal(&scan, ".") && digits(&scan, 3, 9) &&
		scan_done(&scan);
}

/* A word that can stand before a clock: letters of any language, digits, "21.", "2026-11-21". */
static bool is_date_word(struct span word)
{
	if (word.len == 0 || word.len > WORD_MAX)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		const unsigned char byte = (unsigned char)word.at[i];
		const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';

		if (!letter && byte < 0x80 && !is_digit((char)byte) && byte != '.' && byte != '-' &&
			byte != ',' && byte != '/')
			return false;
	}
	return true;
}

static void skip_year(struct scan *scan)
{
	struct scan ahead = *scan;
	struct span word;

	if (scan_word(&ahead, &word) && word.len == 4 && is_digit(word.at[0]) &&
		is_digit(word.at[1]) && is_digit(word.at[2]) && is_digit(word.at[3]))
		*scan = ahead;
}

bool prefix_time(struct scan *scan, struct span *ret_text, bool *ret_bare)
{
	struct scan ahead = *scan;
	const char *start;
	struct span word;

	scan_blanks(&ahead);
	start = ahead.at;
	for (unsigned n = 0; n <= WORDS_MAX && scan_word(&ahead, &word); n++) {
		bool bare = false;
		const bool whole = n == 0 && (is_iso(word, &bare) || is_unix(word));

		if (whole || is_clock(word, &bare)) {
			if (!whole)
				skip_year(&ahead);
			*ret_text = (struct span){ start, (size_t)(ahead.at - start) };
			*ret_bare = bare;
			*scan = ahead;
			return true;
		}
		if (!is_date_word(word))
			return false;
	}
	return false;
}

bool prefix_uptime(struct scan *scan, int64_t *ret_us)
{
	struct scan ahead = *scan;
	uint64_t seconds, micros = 0;

	if (!scan_literal(&ahead, "[") || !scan_uint(&ahead, &seconds) || seconds > UPTIME_S_MAX ||
		!scan_literal(&ahead, "."))
		return false;
	for (uint64_t unit = 100000; !scan_done(&ahead) && is_digit(*ahead.at); ahead.at++) {
		micros += unit * (uint64_t)(*ahead.at - '0');
		unit /= 10;
	}
	if (!scan_literal(&ahead, "]"))
		return false;

	*ret_us = (int64_t)(seconds * 1000000 + micros);
	*scan = ahead;
	return true;
}

bool prefix_dated(struct scan *scan, struct span *ret_text)
{
	struct scan ahead = *scan, inside;
	struct span all;
	bool bare;

	if (!scan_literal(&ahead, "[") || !scan_until(&ahead, ']', &all) || all.len > 64)
		return false;
	inside = scan_of(all.at, all.len);
	if (!prefix_time(&inside, ret_text, &bare))
		return false;
	scan_blanks(&inside);
	if (!scan_done(&inside))
		return false;
	*scan = ahead;
	return true;
}

bool prefix_caller(struct scan *scan, int64_t *ret)
{
	struct scan ahead = *scan;
	bool thread;
	int64_t id;

	if (!scan_literal(&ahead, "["))
		return false;
	scan_blanks(&ahead);
	thread = scan_literal(&ahead, "T");
	if ((!thread && !scan_literal(&ahead, "C")) || scan_done(&ahead) || !is_digit(*ahead.at) ||
		!scan_int(&ahead, &id) || !scan_literal(&ahead, "]"))
		return false;
	*ret = thread ? id : -1 - id;
	*scan = ahead;
	return true;
}
