/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/oomd_args.h"

#include <errno.h>
#include <string.h>

#include "parse/oomd_text.h"

#define OF(plugin) (1u << (plugin))
#define PRESSURES (OF(OOMD_PRESSURE_ABOVE) | OF(OOMD_PRESSURE_RISING_BEYOND))
#define LASTING (PRESSURES | OF(OOMD_MEMORY_ABOVE) | OF(OOMD_MEMORY_RECLAIM))
#define KILLS                                                                   \
	(OF(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH) | OF(OOMD_KILL_BY_SWAP_USAGE) | \
		OF(OOMD_KILL_BY_PRESSURE) | OF(OOMD_KILL_BY_IO_COST) | OF(OOMD_KILL_BY_PG_SCAN))

enum oomd_plugin oomd_plugin_of(const char *name)
{
	static const struct {
		const char *name;
		enum oomd_plugin plugin;
	} plugins[] = {
		{ "pressure_above", OOMD_PRESSURE_ABOVE },
		{ "pressure_rising_beyond", OOMD_PRESSURE_RISING_BEYOND },
		{ "memory_above", OOMD_MEMORY_ABOVE },
		{ "memory_reclaim", OOMD_MEMORY_RECLAIM },
		{ "swap_free", OOMD_SWAP_FREE },
		{ "nr_dying_descendants", OOMD_NR_DYING_DESCENDANTS },
		{ "exists", OOMD_EXISTS },
		{ "kill_by_memory_size_or_growth", OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH },
		{ "kill_by_swap_usage", OOMD_KILL_BY_SWAP_USAGE },
		{ "kill_by_pressure", OOMD_KILL_BY_PRESSURE },
		{ "kill_by_io_cost", OOMD_KILL_BY_IO_COST },
		{ "kill_by_pg_scan", OOMD_KILL_BY_PG_SCAN },
		{ "dump_cgroup_overview", OOMD_CONTINUE },
		{ "senpai", OOMD_CONTINUE },
		{ "continue", OOMD_CONTINUE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(plugins); i++) {
		if (strcmp(name, plugins[i].name) == 0)
			return plugins[i].plugin;
	}
	return OOMD_UNKNOWN;
}

struct oomd_step oomd_step_of(enum oomd_plugin plugin)
{
	return (struct oomd_step){
		.plugin = plugin,
		.lte = true,
		.threshold_permyriad = VALUE_UNKNOWN,
		.threshold_bytes = plugin == OOMD_KILL_BY_SWAP_USAGE ? 1 : VALUE_UNKNOWN,
		.count = VALUE_UNKNOWN,
		.fast_fall_permyriad = 8500,
		.size_permyriad = 5000,
		.growth_permyriad = 12500,
		.growing_percentile = 80,
	};
}

static int take_resource(const char *value, struct oomd_step *step)
{
	step->io = strcmp(value, "io") == 0;
	return step->io || strcmp(value, "memory") == 0 ? 0 : -EINVAL;
}

/* A whole number of that unit. */
static int take_whole(const char *value, int64_t unit, bool negative_too, int64_t *ret)
{
	int64_t number;
	int error = oomd_parse_int(value, &number);

	if (error == 0 && number < 0 && !negative_too)
		error = -EINVAL;
	if (error == 0)
		*ret = number * unit;
	return error;
}

static int take_percent(const char *value, struct oomd_step *step)
{
	return take_whole(value, 100, true, &step->threshold_permyriad);
}

static int take_size(const char *value, struct oomd_step *step)
{
	struct oomd_size size;
	int error = oomd_parse_size(value, &size);

	if (error == 0) {
		step->threshold_permyriad = size.permyriad;
		step->threshold_bytes = size.bytes;
	}
	return error;
}

static int take_anon(const char *value, struct oomd_step *step)
{
	step->anon = true;
	return take_size(value, step);
}

/* oomd does not look at it where there is a threshold_anon. */
static int take_usage(const char *value, struct oomd_step *step)
{
	return step->anon ? 0 : take_size(value, step);
}

static int take_duration(const char *value, struct oomd_step *step)
{
	return take_whole(value, 1000, true, &step->duration_ms);
}

static int take_fast_fall(const char *value, struct oomd_step *step)
{
	return oomd_parse_fraction(value, &step->fast_fall_permyriad);
}

static int take_swapout(const char *value, struct oomd_step *step)
{
	return take_whole(value, 1, false, &step->swapout_bytes_per_s);
}

static int take_count(const char *value, struct oomd_step *step)
{
	return take_whole(value, 1, false, &step->count);
}

static int take_lte(const char *value, struct oomd_step *step)
{
	return oomd_parse_bool(value, &step->lte);
}

static int take_negate(const char *value, struct oomd_step *step)
{
	return oomd_parse_bool(value, &step->negate);
}

static int take_recursive(const char *value, struct oomd_step *step)
{
	return oomd_parse_bool(value, &step->recursive);
}

static int take_dry(const char *value, struct oomd_step *step)
{
	return oomd_parse_bool(value, &step->dry);
}

static int take_biased(const char *value, struct oomd_step *step)
{
	return oomd_parse_bool(value, &step->biased);
}

static int take_size_threshold(const char *value, struct oomd_step *step)
{
	return take_whole(value, 100, false, &step->size_permyriad);
}

static int take_percentile(const char *value, struct oomd_step *step)
{
	return take_whole(value, 1, false, &step->growing_percentile);
}

/* A whole number (KillMemoryGrowth-inl.h), though the default is none: "1.25" is 1. */
static int take_growth(const char *value, struct oomd_step *step)
{
	return take_whole(value, PERMYRIAD_ALL, false, &step->growth_permyriad);
}

#define WHOLE "a whole number"
#define SECONDS "whole seconds"
#define SIZE "a size (\"1.5G\", MB without a unit) or percentage"
#define YES_NO "true or false"

/* clang-format off */
const struct oomd_arg oomd_args[] = {
	{ "resource", PRESSURES | OF(OOMD_KILL_BY_PRESSURE), PRESSURES | OF(OOMD_KILL_BY_PRESSURE),
		take_resource, "io or memory" },
	{ "threshold", PRESSURES, PRESSURES, take_percent, WHOLE },
	{ "threshold_anon", OF(OOMD_MEMORY_ABOVE), 0, take_anon, SIZE },
	{ "threshold", OF(OOMD_MEMORY_ABOVE), 0, take_usage, SIZE },
	{ "threshold", OF(OOMD_KILL_BY_SWAP_USAGE), 0, take_size, SIZE },
	{ "duration", LASTING, LASTING, take_duration, SECONDS },
	{ "fast_fall_ratio", OF(OOMD_PRESSURE_RISING_BEYOND), 0, take_fast_fall, "a number" },
	{ "threshold_pct", OF(OOMD_SWAP_FREE), OF(OOMD_SWAP_FREE), take_percent, WHOLE },
	{ "swapout_bps_threshold", OF(OOMD_SWAP_FREE), 0, take_swapout, WHOLE },
	{ "count", OF(OOMD_NR_DYING_DESCENDANTS), OF(OOMD_NR_DYING_DESCENDANTS), take_count, WHOLE },
	{ "lte", OF(OOMD_NR_DYING_DESCENDANTS), 0, take_lte, YES_NO },
	{ "negate", OF(OOMD_EXISTS), 0, take_negate, YES_NO },
	{ "recursive", KILLS, 0, take_recursive, YES_NO },
	{ "dry", KILLS, 0, take_dry, YES_NO },
	{ "biased_swap_kill", OF(OOMD_KILL_BY_SWAP_USAGE), 0, take_biased, YES_NO },
	{ "size_threshold", OF(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH), 0, take_size_threshold, WHOLE },
	{ "growing_size_percentile", OF(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH), 0, take_percentile,
		WHOLE },
	{ "min_growth_ratio", OF(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH), 0, take_growth, WHOLE },
	{ NULL, 0, 0, NULL, NULL },
};
/* clang-format on */
