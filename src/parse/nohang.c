/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/nohang.h"

#include <errno.h>

#include "parse/arguments.h"

/** More words than a script's name may have before it. */
#define INTERPRETER_WORDS 8

enum key {
	KEY_SOFT_MEM,
	KEY_HARD_MEM,
	KEY_SOFT_SWAP,
	KEY_HARD_SWAP,
	KEY_ZRAM,
	KEY_PSI,
	KEY_PSI_PATH,
	KEY_PSI_METRICS,
	KEY_PSI_DURATION,
	KEY_SOFT_PSI,
	KEY_HARD_PSI,
	KEY_IGNORE_POSITIVE,
	KEY_MIN_BADNESS,
	KEYS,
};

static const char *const keys[KEYS] = {
	[KEY_SOFT_MEM] = "soft_threshold_min_mem",
	[KEY_HARD_MEM] = "hard_threshold_min_mem",
	[KEY_SOFT_SWAP] = "soft_threshold_min_swap",
	[KEY_HARD_SWAP] = "hard_threshold_min_swap",
	[KEY_ZRAM] = "zram_checking_enabled",
	[KEY_PSI] = "psi_checking_enabled",
	[KEY_PSI_PATH] = "psi_path",
	[KEY_PSI_METRICS] = "psi_metrics",
	[KEY_PSI_DURATION] = "psi_excess_duration",
	[KEY_SOFT_PSI] = "soft_threshold_max_psi",
	[KEY_HARD_PSI] = "hard_threshold_max_psi",
	[KEY_IGNORE_POSITIVE] = "ignore_positive_oom_score_adj",
	[KEY_MIN_BADNESS] = "min_badness",
};

bool parse_nohang_args(const char *args, size_t len, struct span *ret_config)
{
	struct scan scan = scan_of(args, len);
	struct span word, short_form = { NULL, 0 }, long_form = { NULL, 0 };
	bool monitors = false, found = false;

	for (int i = 0; i < INTERPRETER_WORDS && !found && arguments_next(&scan, &word); i++)
		found = span_is(arguments_base(word), "nohang");
	while (found && arguments_next(&scan, &word)) {
		monitors = monitors || span_is(word, "--monitor");
		if (span_is(word, "-c") && !short_form.at)
			arguments_next(&scan, &short_form);
		else if (span_is(word, "--config") && !long_form.at)
			arguments_next(&scan, &long_form);
	}
	if (!monitors)
		return false;
	*ret_config = long_form.at ? long_form : short_form;
	return true;
}

/** The texts of all keys; at is NULL for those not there. */
struct values {
	struct span of[KEYS];
	bool twice;
	bool corrected, commands;
};

static void read_line(struct scan line, struct values *values)
{
	struct span key;

	if (scan_literal(&line, "@BADNESS_ADJ_RE_"))
		values->corrected = true;
	else if (scan_literal(&line, "@SOFT_ACTION_RE_"))
		values->commands = true;
	if (scan_done(&line) || *line.at == '#' || *line.at == ' ' || *line.at == '\t' ||
		!scan_until(&line, '=', &key))
		return;
	key = span_strip(key);
	for (int i = 0; i < KEYS; i++) {
		if (!span_is(key, keys[i]))
			continue;
		values->twice = values->twice || values->of[i].at;
		values->of[i] = span_strip((struct span){ line.at, (size_t)(line.end - line.at) });
	}
}

/**
 * "5 %" or "200 M".
 *
 * @mebi  what an "M" is worth in KiB
 */
static bool read_threshold(struct span text, int64_t mebi, int64_t *ret_permyriad, int64_t *ret_kib)
{
	int64_t micro;
	char unit;

	if (!text.at || text.len < 2)
		return false;
	unit = text.at[text.len - 1];
	if (!span_micro(span_strip((struct span){ text.at, text.len - 1 }), &micro))
		return false;
	if (unit == '%' && micro <= INT64_C(100) * MICRO) {
		*ret_permyriad = micro / (MICRO / 100);
		return true;
	}
	if (unit != 'M')
		return false;
	*ret_kib = value_mul(micro, mebi) / MICRO;
	return true;
}

/* In 0.2.0 (and in git later) the number before the M of a threshold of swap is taken for KiB:
 * get_swap_threshold_tuple() returns it as it is, and it becomes ..._min_swap_kb. */
static bool read_thresholds(const struct values *values, struct nohang_settings *ret)
{
	for (int i = 0; i < 2; i++) {
		ret->mem_kib[i] = VALUE_UNKNOWN;
		ret->mem_permyriad[i] = VALUE_UNKNOWN;
		ret->swap_kib[i] = VALUE_UNKNOWN;
		ret->swap_permyriad[i] = VALUE_UNKNOWN;
		if (!read_threshold(values->of[i == 0 ? KEY_SOFT_MEM : KEY_HARD_MEM], 1024,
			    &ret->mem_permyriad[i], &ret->mem_kib[i]) ||
			!read_threshold(values->of[i == 0 ? KEY_SOFT_SWAP : KEY_HARD_SWAP], 1,
				&ret->swap_permyriad[i], &ret->swap_kib[i]))
			return false;
	}
	return true;
}

static int64_t read_number(struct span text, int64_t unit, int64_t otherwise)
{
	int64_t micro;

	return text.at && span_micro(text, &micro) ? micro / unit : otherwise;
}

/* The numbers are those of the shipped file where this one has none. */
static void read_psi(const struct values *values, struct nohang_settings *ret)
{
	const struct span path = values->of[KEY_PSI_PATH], metric = values->of[KEY_PSI_METRICS];
	const bool followed = (!path.at || span_is(path, "/proc/pressure/memory")) &&
		(!metric.at || span_is(metric, "full_avg10"));

	ret->psi = values->of[KEY_PSI].at && span_is(values->of[KEY_PSI], "True");
	ret->psi_permyriad[0] = read_number(values->of[KEY_SOFT_PSI], MICRO / 100, 4000);
	ret->psi_permyriad[1] = read_number(values->of[KEY_HARD_PSI], MICRO / 100, 9000);
	ret->psi_duration_ms = read_number(values->of[KEY_PSI_DURATION], MICRO / 1000, 30000);
	for (int i = 0; i < 2 && !followed; i++)
		ret->psi_permyriad[i] = VALUE_UNKNOWN;
}

int parse_nohang_conf(const char *text, size_t len, struct nohang_settings *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct values values = { .twice = false };
	struct nohang_settings settings = { .zram = false };

	while (scan_line(&scan, &line))
		read_line(line, &values);
	if (values.twice || !read_thresholds(&values, &settings))
		return -EBADMSG;
	read_psi(&values, &settings);
	settings.zram = values.of[KEY_ZRAM].at && span_is(values.of[KEY_ZRAM], "True");
	settings.ignore_positive_adj = values.of[KEY_IGNORE_POSITIVE].at &&
		span_is(values.of[KEY_IGNORE_POSITIVE], "True");
	settings.min_badness = value_max(read_number(values.of[KEY_MIN_BADNESS], MICRO, 1), 1);
	settings.corrected = values.corrected;
	settings.commands = values.commands;
	*ret = settings;
	return 0;
}
