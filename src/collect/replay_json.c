/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "collect/replay_parts.h"

/** Objects and arrays in each other; a record has not half as many. */
#define DEPTH_MAX 24

static void skip_blanks(struct scan *scan)
{
	while (!scan_done(scan) &&
		(*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r' || *scan->at == '\n'))
		scan->at++;
}

static bool skip_string(struct scan *scan)
{
	const char *at = scan->at + 1;

	for (;;) {
		const char *quote = memchr(at, '"', (size_t)(scan->end - at)), *back = quote;

		if (!quote)
			return false;
		while (back > at && back[-1] == '\\')
			back--;
		at = quote + 1;
		if ((quote - back) % 2 == 0)
			break;
	}
	scan->at = at;
	return true;
}

/* What is left once brackets and strings are looked at: numbers and words.  jansson reads those
 * that matter. */
static bool skip_scalar(struct scan *scan)
{
	static const char ends[] = { ',', ':', '"', '{', '}', '[', ']' };
	const char *start = scan->at;

	while (!scan_done(scan) && (unsigned char)*scan->at > ' ' &&
		!memchr(ends, *scan->at, sizeof(ends)))
		scan->at++;
	return scan->at > start;
}

struct nest {
	uint32_t objects; /**< bit 0: the innermost bracket is '{' */
	unsigned depth;
};

/* False: it is too deep, or does not close what was opened last. */
static bool nest_take(struct nest *nest, char byte)
{
	if (byte == '{' || byte == '[') {
		nest->objects = nest->objects << 1 | (byte == '{');
		return ++nest->depth <= DEPTH_MAX;
	}
	if (byte != '}' && byte != ']')
		return true;
	if ((nest->objects & 1) != (byte == '}'))
		return false;
	nest->objects >>= 1;
	nest->depth--;
	return true;
}

/* From its first bracket to that one's end. */
static bool skip_nested(struct scan *scan)
{
	struct nest nest = { 0, 0 };

	while (!scan_done(scan)) {
		if (*scan->at == '"') {
			if (!skip_string(scan))
				return false;
			continue;
		}
		if (!nest_take(&nest, *scan->at++))
			return false;
		if (nest.depth == 0)
			return true;
	}
	return false;
}

static bool skip_value(struct scan *scan, struct span *ret)
{
	bool good = false;

	skip_blanks(scan);
	ret->at = scan->at;
	if (!scan_done(scan)) {
		if (*scan->at == '{' || *scan->at == '[')
			good = skip_nested(scan);
		else
			good = *scan->at == '"' ? skip_string(scan) : skip_scalar(scan);
	}
	ret->len = (size_t)(scan->at - ret->at);
	return good;
}

int replay_json_begin(struct span text, char bracket, struct replay_json *ret)
{
	struct scan scan = scan_of(text.at, text.len);

	skip_blanks(&scan);
	if (scan_done(&scan) || *scan.at != bracket)
		return -EBADMSG;
	scan.at++;
	*ret = (struct replay_json){ .scan = scan, .end = bracket == '{' ? '}' : ']' };
	return 0;
}

/* To where a member begins: 1; 0 behind the end. */
static int next(struct replay_json *json)
{
	struct scan *scan = &json->scan;

	skip_blanks(scan);
	if (scan_done(scan))
		return -EBADMSG;
	if (*scan->at == json->end) {
		scan->at++;
		skip_blanks(scan);
		return scan_done(scan) ? 0 : -EBADMSG;
	}
	if (json->any) {
		if (*scan->at != ',')
			return -EBADMSG;
		scan->at++;
	}
	json->any = true;
	return 1;
}

int replay_json_element(struct replay_json *json, struct span *ret_value)
{
	const int r = next(json);

	if (r <= 0)
		return r;
	return skip_value(&json->scan, ret_value) ? 1 : -EBADMSG;
}

int replay_json_member(struct replay_json *json, struct span *ret_name, struct span *ret_value)
{
	struct scan *scan = &json->scan;
	int r = next(json);

	if (r <= 0)
		return r;
	skip_blanks(scan);
	if (scan_done(scan) || *scan->at != '"' || !skip_value(scan, ret_name))
		return -EBADMSG;
	ret_name->at++;
	ret_name->len -= 2;
	skip_blanks(scan);
	if (scan_done(scan) || *scan->at != ':')
		return -EBADMSG;
	scan->at++;
	return skip_value(scan, ret_value) ? 1 : -EBADMSG;
}

int replay_json_int(struct span value, int64_t min, int64_t max, int64_t *ret)
{
	struct scan scan = scan_of(value.at, value.len);
	int64_t number;

	/* No number has more digits: what scan_int() saturates is refused. */
	if (value.len == 0 || value.len > 19 || !scan_int(&scan, &number) || !scan_done(&scan) ||
		number < min || number > max)
		return -EBADMSG;
	*ret = number;
	return 0;
}
