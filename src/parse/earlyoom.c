/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/earlyoom.h"

#include <errno.h>

#include "parse/arguments.h"

/** Longest text of "-m" and its like that earlyoom reads (MSG_LEN of its msg.h, less the NUL). */
#define TUPLE_MAX 255

enum option {
	OPTION_NONE,
	OPTION_MEM_PERCENT,
	OPTION_SWAP_PERCENT,
	OPTION_MEM_KIB,
	OPTION_SWAP_KIB,
	OPTION_GROUP,
	OPTION_PREFER,
	OPTION_AVOID,
	OPTION_IGNORE,
	OPTION_IGNORE_ROOT,
	OPTION_BY_RSS,
	OPTION_KERNEL,
	OPTION_DRY_RUN,
	OPTION_OTHER, /**< of no interest here */
};

struct short_option {
	enum option option;
	char letter;
	bool takes_value;
};

static const struct short_option short_options[] = {
	{ OPTION_MEM_PERCENT, 'm', true },
	{ OPTION_SWAP_PERCENT, 's', true },
	{ OPTION_MEM_KIB, 'M', true },
	{ OPTION_SWAP_KIB, 'S', true },
	{ OPTION_GROUP, 'g', false },
	{ OPTION_OTHER, 'N', true },
	{ OPTION_OTHER, 'P', true },
	{ OPTION_OTHER, 'r', true },
};

struct long_option {
	const char *name;
	enum option option;
	bool takes_value;
};

static const struct long_option long_options[] = {
	{ "prefer", OPTION_PREFER, true },
	{ "avoid", OPTION_AVOID, true },
	{ "ignore", OPTION_IGNORE, true },
	{ "ignore-root-user", OPTION_IGNORE_ROOT, false },
	{ "sort-by-rss", OPTION_BY_RSS, false },
	{ "kernel-oom", OPTION_KERNEL, false },
	{ "dryrun", OPTION_DRY_RUN, false },
	{ "syslog", OPTION_OTHER, false },
	{ "help", OPTION_OTHER, false },
};

struct reading {
	struct scan args;
	struct earlyoom_args out;
	bool mem_percent, swap_percent; /**< given */
};

/* strtod() of nothing is 0, and earlyoom takes it for a number: "-m 10," is "-m 10,0". */
static bool read_part(struct span text, int64_t *ret)
{
	if (text.len == 0) {
		*ret = 0;
		return true;
	}
	return span_micro(text, ret);
}

/**
 * "TERM[,KILL]", in units of unit millionths.  KILL is half of TERM if it is not given, and TERM
 * is raised to KILL where it is below (parse_term_kill_tuple() of earlyoom's msg.c).
 */
static int read_tuple(struct span text, int64_t max_micro, int64_t unit, int64_t ret[2])
{
	struct scan scan = scan_of(text.at, text.len);
	struct span first = text;
	int64_t term, kill;

	if (text.len > TUPLE_MAX)
		return -EINVAL;
	if (!scan_until(&scan, ',', &first)) {
		if (!read_part(first, &term))
			return -EINVAL;
		kill = term / 2;
	} else if (!read_part(first, &term) ||
		!read_part((struct span){ scan.at, (size_t)(scan.end - scan.at) }, &kill)) {
		return -EINVAL;
	}
	term = value_max(term, kill);
	if (term > max_micro || (term == 0 && kill == 0))
		return -EINVAL;
	ret[0] = term / unit;
	ret[1] = kill / unit;
	return 0;
}

/* Percent are kept as permyriad. */
#define PERCENT(n) (INT64_C(n) * MICRO)
#define PERMYRIAD_UNIT (MICRO / 100)

static int apply(struct reading *reading, enum option option, struct span value)
{
	struct earlyoom_settings *settings = &reading->out.settings;

	/* These came with 1.8 and later; of others nothing can be told. */
	if (option == OPTION_IGNORE || option == OPTION_IGNORE_ROOT || option == OPTION_BY_RSS ||
		option == OPTION_KERNEL)
		settings->version_known = true;
	switch (option) {
	case OPTION_MEM_PERCENT:
		reading->mem_percent = true;
		return read_tuple(value, PERCENT(99), PERMYRIAD_UNIT, settings->mem_permyriad);
	case OPTION_SWAP_PERCENT:
		reading->swap_percent = true;
		return read_tuple(value, PERCENT(100), PERMYRIAD_UNIT, settings->swap_permyriad);
	case OPTION_MEM_KIB:
		return read_tuple(value, INT64_MAX, MICRO, settings->mem_kib);
	case OPTION_SWAP_KIB:
		return read_tuple(value, INT64_MAX, MICRO, settings->swap_kib);
	case OPTION_PREFER:
		reading->out.prefer = value;
		break;
	case OPTION_AVOID:
		reading->out.avoid = value;
		break;
	case OPTION_IGNORE:
		reading->out.ignore = value;
		break;
	case OPTION_GROUP:
		settings->group = true;
		break;
	case OPTION_IGNORE_ROOT:
		settings->ignore_root = true;
		break;
	case OPTION_BY_RSS:
		settings->by_rss = true;
		break;
	case OPTION_KERNEL:
		settings->kernel_oom = true;
		break;
	case OPTION_DRY_RUN:
		settings->dry_run = true;
		break;
	case OPTION_NONE:
	case OPTION_OTHER:
		break;
	}
	return 0;
}

static const struct short_option *find_short(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(short_options); i++) {
		if (short_options[i].letter == letter)
			return &short_options[i];
	}
	return NULL;
}

/* "-gm5", "-m 5": a value is what is left of the word, or the next word. */
static int read_short(struct reading *reading, struct span word)
{
	for (size_t i = 1; i < word.len; i++) {
		const struct short_option *option = find_short(word.at[i]);
		struct span value = { word.at + i + 1, word.len - i - 1 };
		int error;

		if (!option)
			continue;
		if (option->takes_value && value.len == 0 &&
			!arguments_next(&reading->args, &value))
			return 0;
		error = apply(reading, option->option, value);
		if (error < 0 || option->takes_value)
			return error;
	}
	return 0;
}

/* By its whole name, or by a beginning that no other has. */
static const struct long_option *find_long(struct span name)
{
	const struct long_option *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(long_options); i++) {
		const struct long_option *option = &long_options[i];

		if (span_is(name, option->name))
			return option;
		if (name.len < strlen(option->name) &&
			memcmp(option->name, name.at, name.len) == 0) {
			if (found)
				return NULL;
			found = option;
		}
	}
	return found;
}

static int read_long(struct reading *reading, struct span word)
{
	struct span name = { word.at + 2, word.len - 2 }, value = { NULL, 0 };
	struct scan scan = scan_of(name.at, name.len);
	const bool has_value = scan_until(&scan, '=', &name);
	const struct long_option *option = find_long(name);

	if (!option || (has_value && !option->takes_value))
		return 0;
	if (has_value)
		value = (struct span){ scan.at, (size_t)(scan.end - scan.at) };
	else if (option->takes_value && !arguments_next(&reading->args, &value))
		return 0;
	return apply(reading, option->option, value);
}

/* Of two limits the smaller counts; with -M alone the built-in share does not.  -S is passed over
 * where there is no swap, but then any limit of swap holds. */
static void drop_defaults(struct reading *reading)
{
	struct earlyoom_settings *settings = &reading->out.settings;

	for (int i = 0; i < 2; i++) {
		if (value_known(settings->mem_kib[i]) && !reading->mem_percent)
			settings->mem_permyriad[i] = VALUE_UNKNOWN;
		if (value_known(settings->swap_kib[i]) && !reading->swap_percent)
			settings->swap_permyriad[i] = VALUE_UNKNOWN;
	}
}

int parse_earlyoom_args(const char *args, size_t len, struct earlyoom_args *ret)
{
	struct reading reading = {
		.args = scan_of(args, len),
		.out.settings = {
			.mem_permyriad = { 1000, 500 },
			.swap_permyriad = { 1000, 500 },
			.mem_kib = { VALUE_UNKNOWN, VALUE_UNKNOWN },
			.swap_kib = { VALUE_UNKNOWN, VALUE_UNKNOWN },
		},
	};
	struct span word;
	int error = 0;

	arguments_next(&reading.args, &word);
	while (error == 0 && arguments_next(&reading.args, &word)) {
		if (span_is(word, "--"))
			break;
		if (span_starts(word, "--"))
			error = read_long(&reading, word);
		else if (span_starts(word, "-"))
			error = read_short(&reading, word);
	}
	if (error < 0)
		return error;
	drop_defaults(&reading);
	reading.out.settings.matches_known =
		!reading.out.prefer.at && !reading.out.avoid.at && !reading.out.ignore.at;
	*ret = reading.out;
	return 0;
}

/* "1.7" and what is behind it; false if it is no version. */
static bool read_version(struct scan scan, struct earlyoom_settings *settings)
{
	int64_t major, minor;

	scan_literal(&scan, "v");
	if (scan_done(&scan) || *scan.at == ' ' || !scan_value(&scan, 1000, &major) ||
		!scan_literal(&scan, ".") || !scan_value(&scan, 1000, &minor))
		return false;
	if (major == 1 && minor == 7 && scan_literal(&scan, "-"))
		return true;
	settings->of_total = major < 1 || (major == 1 && minor < 8);
	settings->version_known = true;
	return true;
}

void parse_earlyoom_program(const char *bytes, size_t len, struct earlyoom_settings *settings)
{
	static const char name[] = "earlyoom ";
	struct scan scan = scan_of(bytes, len);

	while (!scan_done(&scan)) {
		const char *found =
			memmem(scan.at, (size_t)(scan.end - scan.at), name, sizeof(name) - 1);

		if (!found)
			return;
		scan.at = found + sizeof(name) - 1;
		if (read_version(scan, settings))
			return;
	}
}
