/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/prefix.h"

#include "parse/prefix_time.h"

/** Pieces in front of a text; more are text. */
#define PIECES_MAX 8
#define QUOTES_MAX 16
/** Words between a time and a tag: a zone, a host. */
#define TAG_WORDS_MAX 3
#define TAG_MAX 64

/* First words of the kernel's own lines that look like a tag. */
static const char *const kernel_words[] = {
	"CPU",
	"Mem-Info",
	"Mem-info",
	"memory",
	"swap",
	"kmem",
	"memory+swap",
	"oom_reaper",
	"oom-killer",
	"oom-kill",
	"oom",
	"lowmem_reserve[]",
	"DMA",
	"DMA32",
	"Normal",
	"HighMem",
	"Movable",
	"Device",
	"sysrq",
	"Pid",
	"RIP",
	"EIP",
	"Code",
	"Trace",
	"trace",
	"name",
	"panic",
};

static bool is_name_byte(char byte)
{
	const char lower = (char)(byte | 0x20);

	return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') ||
		(byte != '\0' && strchr("_./@()+-", byte));
}

/* What a logger puts behind a name: "[123]", "[-]". */
static bool skip_brackets(struct scan *scan)
{
	struct scan ahead = *scan;
	struct span inside;

	if (!scan_literal(&ahead, "["))
		return false;
	if (!scan_until(&ahead, ']', &inside) || inside.len == 0 || inside.len > 12)
		return false;
	for (size_t i = 0; i < inside.len; i++) {
		if (inside.at[i] != '-' && (inside.at[i] < '0' || inside.at[i] > '9'))
			return false;
	}
	*scan = ahead;
	return true;
}

/* "kernel:", "earlyoom[123]:", all of a word; *ret_id: with a number in brackets. */
static bool read_tag(struct span word, struct span *ret_name, bool *ret_id)
{
	struct scan scan = scan_of(word.at, word.len);

	while (!scan_done(&scan) && is_name_byte(*scan.at))
		scan.at++;
	*ret_name = (struct span){ word.at, (size_t)(scan.at - word.at) };
	*ret_id = skip_brackets(&scan);
	if (ret_name->len == 0 || ret_name->len > TAG_MAX || !scan_literal(&scan, ":") ||
		!scan_done(&scan))
		return false;
	for (size_t i = 0; !*ret_id && i < ARRAY_SIZE(kernel_words); i++) {
		if (span_is(*ret_name, kernel_words[i]))
			return false;
	}
	return true;
}

static void set_tag(struct log_line *line, struct span name)
{
	line->tag = name;
	line->stamped = true;
	if (span_is(name, "kernel"))
		line->kernel = true;
}

/* What syslog puts behind a time: "web01 kernel:", "CET web01 earlyoom[123]:". */
static void read_origin(struct scan *scan, struct log_line *line, bool only_sure)
{
	struct scan ahead = *scan;
	struct span word, name, before = { ahead.at, 0 };
	bool has_id;

	for (unsigned n = 0; n < TAG_WORDS_MAX && scan_word(&ahead, &word); n++) {
		if (read_tag(word, &name, &has_id)) {
			if (only_sure && !has_id && !span_is(name, "kernel"))
				return;
			line->host = before;
			set_tag(line, name);
			*scan = ahead;
			return;
		}
		if (!is_name_byte(word.at[0]))
			return;
		before = word;
	}
}

/* RFC 5424 behind a time: "web01 kernel - - - text". */
static bool read_rfc5424(struct scan *scan, struct log_line *line)
{
	struct scan ahead = *scan;
	struct span host, app, pid, id;

	if (!scan_word(&ahead, &host) || !scan_word(&ahead, &app) || !scan_word(&ahead, &pid) ||
		!scan_word(&ahead, &id) || !is_name_byte(app.at[0]) || app.len > TAG_MAX)
		return false;
	scan_blanks(&ahead);
	if ((!span_is(pid, "-") && !(pid.at[0] >= '0' && pid.at[0] <= '9')) ||
		!scan_literal(&ahead, "- "))
		return false;
	line->host = host;
	set_tag(line, app);
	*scan = ahead;
	return true;
}

/* A container runtime's columns behind its time: "stdout F ". */
static bool read_stream(struct scan *scan)
{
	struct scan ahead = *scan;

	scan_blanks(&ahead);
	if (!scan_literal(&ahead, "stdout ") && !scan_literal(&ahead, "stderr "))
		return false;
	(void)(scan_literal(&ahead, "F ") || scan_literal(&ahead, "P "));
	*scan = ahead;
	return true;
}

static bool read_time(struct scan *scan, struct log_line *line)
{
	bool bare;

	if (line->time.len > 0 || !prefix_time(scan, &line->time, &bare))
		return false;
	line->stamped = true;
	if (bare)
		line->kernel = true;
	if (!read_stream(scan) && !read_rfc5424(scan, line))
		read_origin(scan, line, bare);
	return true;
}

/* "<6>", or "<6>1 " of RFC 5424. */
static bool read_level(struct scan *scan)
{
	struct scan ahead = *scan, version;
	int64_t level;

	if (!scan_literal(&ahead, "<") || scan_done(&ahead) || *ahead.at == ' ' ||
		!scan_int(&ahead, &level) || level < 0 || level > 999 || !scan_literal(&ahead, ">"))
		return false;
	version = ahead;
	if (scan_literal(&version, "1 "))
		ahead = version;
	*scan = ahead;
	return true;
}

/* The fields of kmsg behind the third: flags, and "caller=T7" among those that may come. */
static void read_kmsg_caller(struct scan fields, struct log_line *line)
{
	struct span field;
	int64_t id;

	do {
		const bool caller = scan_literal(&fields, "caller=");
		const bool thread = caller && scan_literal(&fields, "T");

		if ((thread || (caller && scan_literal(&fields, "C"))) && scan_int(&fields, &id) &&
			id >= 0)
			line->caller = thread ? id : -1 - id;
	} while (scan_until(&fields, ',', &field));
}

/* "6,123,456,-;" or "6,123,456,-,caller=T7;" of /dev/kmsg. */
static bool read_kmsg(struct scan *scan, struct log_line *line)
{
	struct scan ahead = *scan, fields;
	struct span header;
	uint64_t level, sequence, micros;

	if (scan_done(&ahead) || *ahead.at < '0' || *ahead.at > '9' ||
		!scan_until(&ahead, ';', &header) || header.len > 96)
		return false;
	fields = scan_of(header.at, header.len);
	if (!scan_uint(&fields, &level) || !scan_literal(&fields, ",") ||
		!scan_uint(&fields, &sequence) || !scan_literal(&fields, ",") ||
		!scan_uint(&fields, &micros) ||
		(!scan_done(&fields) && !scan_literal(&fields, ",")))
		return false;
	line->uptime_us = micros > INT64_MAX ? INT64_MAX : (int64_t)micros;
	line->kernel = line->stamped = line->escaped = true;
	read_kmsg_caller(fields, line);
	*scan = ahead;
	return true;
}

/* "kern  :err   : ", as dmesg -x prints it. */
static bool read_facility(struct scan *scan, struct log_line *line)
{
	struct scan ahead = *scan;
	struct span level;

	if (!scan_literal(&ahead, "kern "))
		return false;
	scan_blanks(&ahead);
	if (!scan_literal(&ahead, ":") || !scan_until(&ahead, ':', &level) || level.len > 8)
		return false;
	line->kernel = line->stamped = true;
	*scan = ahead;
	return true;
}

/* "kernel: ", and columns of it parted by bars: "warning|kernel[-]|". */
static bool read_kernel_tag(struct scan *scan, struct log_line *line)
{
	struct scan ahead = *scan, column;
	struct span word;

	column = ahead;
	if (scan_until(&column, '|', &word) && word.len <= 10 && word.len > 0 &&
		!memchr(word.at, ' ', word.len))
		ahead = column;
	if (!scan_literal(&ahead, "kernel"))
		return false;
	word = (struct span){ ahead.at - 6, 6 };
	skip_brackets(&ahead);
	if (!scan_literal(&ahead, ":") && !scan_literal(&ahead, "|"))
		return false;
	set_tag(line, word);
	*scan = ahead;
	return true;
}

static bool read_stamp(struct scan *scan, struct log_line *line)
{
	struct scan ahead;
	const bool relayed = line->tag.len == 0 || line->kernel;

	if (line->uptime_us != VALUE_UNKNOWN || !prefix_uptime(scan, &line->uptime_us))
		return false;
	line->stamped = line->kernel = true;
	ahead = *scan;
	scan_blanks(&ahead);
	if (prefix_caller(&ahead, &line->caller))
		*scan = ahead;
	if (relayed && line->tag.len == 0)
		read_origin(scan, line, true);
	return true;
}

static bool read_dated(struct scan *scan, struct log_line *line)
{
	if (line->time.len > 0 || !prefix_dated(scan, &line->time))
		return false;
	line->stamped = line->kernel = true;
	return true;
}

static bool read_piece(struct scan *scan, struct log_line *line)
{
	if (scan_done(scan))
		return false;
	if (*scan->at == '[')
		return read_stamp(scan, line) || read_dated(scan, line);
	if (*scan->at == '<') {
		if (!read_level(scan))
			return false;
		line->stamped = true;
		return true;
	}
	/* A program's own words are not taken apart further. */
	if (line->tag.len > 0)
		return false;
	return read_kmsg(scan, line) || read_facility(scan, line) || read_kernel_tag(scan, line) ||
		read_time(scan, line);
}

void log_line_read(const char *line, size_t len, struct log_line *ret)
{
	struct scan scan = scan_of(line, len);

	*ret = (struct log_line){
		.time = { line, 0 },
		.host = { line, 0 },
		.tag = { line, 0 },
		.uptime_us = VALUE_UNKNOWN,
		.caller = VALUE_UNKNOWN,
	};
	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		scan.end = line + --len;
	scan_blanks(&scan);
	while (ret->quotes < QUOTES_MAX && scan_literal(&scan, ">")) {
		ret->quotes++;
		scan_blanks(&scan);
	}

	for (unsigned n = 0; n < PIECES_MAX; n++) {
		struct scan ahead = scan;

		scan_blanks(&ahead);
		if (!read_piece(&ahead, ret))
			break;
		scan = ahead;
	}
	scan_blanks(&scan);
	ret->text = scan;
}
