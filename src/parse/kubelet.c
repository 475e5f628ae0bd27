/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/kubelet.h"

#include <errno.h>

#include "parse/arguments.h"
#include "parse/kubelet_parts.h"

#define DEFAULT_HARD_KIB (INT64_C(100) * 1024)

void kubelet_defaults(struct kubelet_settings *ret)
{
	*ret = (struct kubelet_settings){
		.hard_kib = DEFAULT_HARD_KIB,
		.hard_permyriad = VALUE_UNKNOWN,
		.soft_kib = VALUE_UNKNOWN,
		.soft_permyriad = VALUE_UNKNOWN,
		.soft_grace_ms = VALUE_UNKNOWN,
	};
}

struct unit {
	const char *name;
	int64_t worth;
};

/** The suffixes of a Quantity in bytes; "m" and below are of no use for memory. */
static const struct unit sizes[] = {
	{ "", 1 },
	{ "Ki", INT64_C(1) << 10 },
	{ "Mi", INT64_C(1) << 20 },
	{ "Gi", INT64_C(1) << 30 },
	{ "Ti", INT64_C(1) << 40 },
	{ "Pi", INT64_C(1) << 50 },
	{ "Ei", INT64_C(1) << 60 },
	{ "k", 1000 },
	{ "M", 1000000 },
	{ "G", 1000000000 },
	{ "T", INT64_C(1000000000000) },
	{ "P", INT64_C(1000000000000000) },
	{ "E", INT64_C(1000000000000000000) },
};

/** Of a duration of Go, in nanoseconds. */
static const struct unit spans[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xc2\xb5s", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", INT64_C(60) * 1000000000 },
	{ "h", INT64_C(3600) * 1000000000 },
};

static const struct unit *find_unit(const struct unit *units, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++) {
		if (span_is(name, units[i].name))
			return &units[i];
	}
	return NULL;
}

/**
 * value * worth / divisor, rounded up, where the value is in millionths; saturating.
 *
 * The whole and the millionths are taken apart, so that only what is too large saturates.
 */
static int64_t convert(int64_t micro, int64_t worth, int64_t divisor)
{
	const int64_t whole = micro / MICRO, rest = micro % MICRO;
	const int64_t small = worth / MICRO * rest + (worth % MICRO * rest + MICRO - 1) / MICRO;
	const int64_t product = value_add(value_mul(whole, worth), small);

	return product / divisor + (product % divisor > 0);
}

/* "100Mi", "1.5Gi", "500M", "1e9" (bytes); "0" is refused, as the kubelet does. */
static bool read_quantity(struct span text, int64_t *ret_kib)
{
	struct scan scan = scan_of(text.at, text.len);
	const struct unit *unit;
	int64_t micro;

	if (!scan_micro(&scan, &micro) || micro == 0)
		return false;
	unit = find_unit(
		sizes, ARRAY_SIZE(sizes), (struct span){ scan.at, (size_t)(scan.end - scan.at) });
	if (!unit)
		return false;
	*ret_kib = convert(micro, unit->worth, 1024);
	return true;
}

/* "5%".  ParseThresholdStatement (pkg/kubelet/eviction/helpers.go) drops "0%" and "100%": no
 * threshold at all. */
static bool read_threshold(struct span text, int64_t *ret_permyriad, int64_t *ret_kib)
{
	int64_t micro;

	if (text.len == 0 || text.at[text.len - 1] != '%')
		return read_quantity(text, ret_kib);
	if (span_is(text, "0%") || span_is(text, "100%"))
		return true;
	text.len--;
	if (!span_micro(text, &micro) || micro > INT64_C(100) * MICRO)
		return false;
	*ret_permyriad = micro / (MICRO / 100);
	return true;
}

/* "1m30s", "1.5h", "0"; rounded up to ms. */
static bool read_duration(struct span text, int64_t *ret_ms)
{
	struct scan scan = scan_of(text.at, text.len);
	int64_t sum_ms = 0, micro;

	if (span_is(text, "0")) {
		*ret_ms = 0;
		return true;
	}
	if (text.len == 0)
		return false;
	while (!scan_done(&scan)) {
		struct span name;
		const struct unit *unit;

		if (!scan_micro(&scan, &micro))
			return false;
		name = (struct span){ scan.at, 0 };
		while (!scan_done(&scan) && *scan.at != '.' && (*scan.at < '0' || *scan.at > '9')) {
			scan.at++;
			name.len++;
		}
		unit = find_unit(spans, ARRAY_SIZE(spans), name);
		if (!unit)
			return false;
		sum_ms = value_add(sum_ms, convert(micro, unit->worth, 1000000));
	}
	*ret_ms = sum_ms;
	return true;
}

void kubelet_say_nothing(struct kubelet_said *said)
{
	*said = (struct kubelet_said){
		.settings = {
			.hard_kib = VALUE_UNKNOWN,
			.hard_permyriad = VALUE_UNKNOWN,
			.soft_kib = VALUE_UNKNOWN,
			.soft_permyriad = VALUE_UNKNOWN,
			.soft_grace_ms = VALUE_UNKNOWN,
		},
	};
}

bool kubelet_say(
	struct kubelet_said *said, enum kubelet_section section, struct span key, struct span value)
{
	struct kubelet_settings *settings = &said->settings;

	if (!span_is(span_strip(key), "memory.available"))
		return true;
	if (said->memory[section])
		return false;
	said->memory[section] = true;
	value = span_strip(value);
	switch (section) {
	case KUBELET_HARD:
		return read_threshold(value, &settings->hard_permyriad, &settings->hard_kib);
	case KUBELET_SOFT:
		return read_threshold(value, &settings->soft_permyriad, &settings->soft_kib);
	case KUBELET_GRACE:
		return read_duration(value, &settings->soft_grace_ms);
	case KUBELET_SECTIONS:
		break;
	}
	return false;
}

void kubelet_lay(const struct kubelet_said *said, struct kubelet_settings *settings)
{
	if (said->section[KUBELET_HARD] && (said->memory[KUBELET_HARD] || !said->merge)) {
		settings->hard_kib = said->settings.hard_kib;
		settings->hard_permyriad = said->settings.hard_permyriad;
	}
	if (said->section[KUBELET_SOFT]) {
		settings->soft_kib = said->settings.soft_kib;
		settings->soft_permyriad = said->settings.soft_permyriad;
	}
	if (said->section[KUBELET_GRACE])
		settings->soft_grace_ms = said->settings.soft_grace_ms;
}

/* "memory.available<100Mi,nodefs.available<10%"; grace periods have "=". */
static bool read_map(struct kubelet_said *said, enum kubelet_section section, struct span text)
{
	struct scan scan = scan_of(text.at, text.len);
	const char between = section == KUBELET_GRACE ? '=' : '<';
	struct span entry, key;

	said->section[section] = true;
	while (!scan_done(&scan)) {
		struct scan pair;

		if (!scan_until(&scan, ',', &entry)) {
			entry = (struct span){ scan.at, (size_t)(scan.end - scan.at) };
			scan.at = scan.end;
		}
		pair = scan_of(entry.at, entry.len);
		if (!scan_until(&pair, between, &key))
			return false;
		if (!kubelet_say(said, section, key,
			    (struct span){ pair.at, (size_t)(pair.end - pair.at) }))
			return false;
	}
	return true;
}

enum flag {
	FLAG_HARD = KUBELET_HARD,
	FLAG_SOFT = KUBELET_SOFT,
	FLAG_GRACE = KUBELET_GRACE,
	FLAG_CONFIG,
	FLAG_DROP_IN,
	FLAGS,
};

static const char *const flags[FLAGS] = {
	[FLAG_HARD] = "--eviction-hard",
	[FLAG_SOFT] = "--eviction-soft",
	[FLAG_GRACE] = "--eviction-soft-grace-period",
	[FLAG_CONFIG] = "--config",
	[FLAG_DROP_IN] = "--config-dir",
};

/* WordSepNormalizeFunc of component-base makes "-" of "_" in the names of flags. */
static bool is_flag(struct span word, const char *flag, struct span *ret_value)
{
	const size_t len = strlen(flag);

	if (word.len < len || (word.len > len && word.at[len] != '='))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (word.at[i] != flag[i] && !(i > 1 && flag[i] == '-' && word.at[i] == '_'))
			return false;
	}
	*ret_value = word.len > len ? (struct span){ word.at + len + 1, word.len - len - 1 }
				    : (struct span){ NULL, 0 };
	return true;
}

/* The flag that a word is, FLAGS if none of these. */
static enum flag find_flag(struct span word, struct span *ret_value)
{
	enum flag flag = 0;

	while (flag < FLAGS && !is_flag(word, flags[flag], ret_value))
		flag++;
	return flag;
}

int parse_kubelet_args(const char *args, size_t len, struct kubelet_settings *settings,
	struct kubelet_files *ret_files)
{
	struct scan scan = scan_of(args, len);
	struct kubelet_files files = { .config.at = NULL };
	struct kubelet_said said;
	struct span word, value;

	kubelet_say_nothing(&said);
	while (arguments_next(&scan, &word)) {
		const enum flag flag = find_flag(word, &value);

		if (flag == FLAGS || (!value.at && !arguments_next(&scan, &value)))
			continue;
		if (flag == FLAG_CONFIG)
			files.config = value;
		else if (flag == FLAG_DROP_IN)
			files.drop_in = value;
		else if (!read_map(&said, (enum kubelet_section)flag, value))
			return -EINVAL;
	}
	kubelet_lay(&said, settings);
	*ret_files = files;
	return 0;
}
