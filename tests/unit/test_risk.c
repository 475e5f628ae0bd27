/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "analysis/risk.h"
#include "simulator.h"
#include "unit.h"

typedef void step_fn(struct machine *m, int64_t step);

static void idle(struct machine *m, int64_t step)
{
	machine_grow(m, &m->anon, step % 7 - 3);
}

/* Around a fifth of memory, to which it is drawn back. */
static void jitter(struct machine *m, int64_t step)
{
	const int64_t away = m->anon - m->total / 5;

	(void)step;
	machine_grow(m, &m->anon, machine_random(m, m->total / 25) - m->total / 50 - away / 8);
}

static void copy_of_a_disk(struct machine *m, int64_t step)
{
	(void)step;
	machine_copy_files(m, 40 * MIB);
}

static void copy_to_a_slow_disk(struct machine *m, int64_t step)
{
	machine_copy_files(m, 40 * MIB);
	m->stalls += step % 3;
	m->scan_direct += 900;
	m->full_centi = 2500;
}

/* Jobs take 200 MiB each within 2 s, hold it for one, and give it back. */
static void compile(struct machine *m, int64_t step)
{
	const int64_t jobs = m->total > 4 * GIB ? 10 : 4;
	const int64_t phase = step % (4 * STEPS_PER_S);

	if (phase < 2 * STEPS_PER_S)
		machine_grow(m, &m->anon, jobs * 200 * MIB / (2 * STEPS_PER_S));
	else if (phase == 3 * STEPS_PER_S)
		machine_grow(m, &m->anon, -jobs * 200 * MIB);
	machine_grow(m, &m->file, 512);
}

static void warm_up(struct machine *m, int64_t step)
{
	(void)step;
	if (m->anon < m->total / 10 * 6)
		machine_grow(m, &m->anon, 100 * MIB / STEPS_PER_S);
}

static void fast_warm_up(struct machine *m, int64_t step)
{
	(void)step;
	if (m->anon < m->total / 10 * 6)
		machine_grow(m, &m->anon, 1000 * MIB / STEPS_PER_S);
}

/* To 80 %: at its end nobody can tell it from a leak. */
static void long_warm_up(struct machine *m, int64_t step)
{
	(void)step;
	if (m->anon < m->total / 10 * 8)
		machine_grow(m, &m->anon, 100 * MIB / STEPS_PER_S);
}

static void small_warm_up(struct machine *m, int64_t step)
{
	(void)step;
	if (m->anon < m->total / 2)
		machine_grow(m, &m->anon, 20 * MIB / STEPS_PER_S);
}

/* A cgroup at its limit: its cache turns over, it stalls, the machine has plenty. */
static void container_full_of_cache(struct machine *m, int64_t step)
{
	const int64_t turned = machine_random(m, 20 * MIB);

	m->full_centi = 4500;
	if (step % 2)
		machine_grow(m, &m->file, turned);
	else if (m->file - m->mapped > turned)
		machine_grow(m, &m->file, -turned);
	m->dirty = machine_random(m, 100 * MIB);
}

static void swap_full_but_idle(struct machine *m, int64_t step)
{
	m->swap_used = m->swap_total;
	idle(m, step);
}

/* Half of memory used, the rest cache: free stays around the low mark, moments below it. */
static void around_the_low_mark(struct machine *m, int64_t step)
{
	if (step == 0) {
		machine_grow(m, &m->anon, m->total / 2);
		m->file += m->free - m->min;
		m->free = m->min;
	}
	m->file += m->free;
	m->free = m->min + machine_random(m, m->min / 2);
	m->file -= m->free;
	m->scan_kswapd += 3000;
	m->steal += 2500;
}

static void calm_loads_are_never_above_ok(void)
{
	static const struct {
		const char *label;
		int64_t ram_mib, swap_mib;
		step_fn *step;
		int64_t seconds;
	} cases[] = {
		{ "idle, 24 GiB", 24 * 1024, 0, idle, 120 },
		{ "idle, 256 MiB", 256, 0, idle, 120 },
		{ "idle, 128 MiB", 128, 64, idle, 60 },
		{ "idle, 64 MiB", 64, 0, idle, 60 },
		{ "jitter, 24 GiB", 24 * 1024, 8 * 1024, jitter, 300 },
		{ "jitter, 256 MiB", 256, 0, jitter, 300 },
		{ "copy, 24 GiB", 24 * 1024, 0, copy_of_a_disk, 200 },
		{ "copy, 2 GiB, swap", 2048, 1024, copy_of_a_disk, 100 },
		{ "copy, 256 MiB", 256, 0, copy_of_a_disk, 60 },
		{ "copy that stalls, 2 GiB", 2048, 0, copy_to_a_slow_disk, 100 },
		{ "compile, 24 GiB", 24 * 1024, 0, compile, 300 },
		{ "compile, 2 GiB", 2048, 0, compile, 300 },
		{ "warm-up, 24 GiB", 24 * 1024, 0, warm_up, 300 },
		{ "warm-up, 64 GiB with swap", 64 * 1024, 8 * 1024, warm_up, 600 },
		{ "fast warm-up, 24 GiB", 24 * 1024, 0, fast_warm_up, 60 },
		{ "warm-up, 256 MiB", 256, 0, small_warm_up, 60 },
		{ "container, 8 GiB", 8 * 1024, 0, container_full_of_cache, 200 },
		{ "swap full, 8 GiB", 8 * 1024, 2048, swap_full_but_idle, 60 },
		{ "around low, 8 GiB", 8 * 1024, 0, around_the_low_mark, 200 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct machine m;
		char label[256];

		machine_boot(&m, cases[i].ram_mib, cases[i].swap_mib);
		for (int64_t step = 0; step < cases[i].seconds * STEPS_PER_S; step++) {
			cases[i].step(&m, step);
			m.ms += STEP_MS;
			if (step % STEPS_PER_S != 0)
				continue;
			machine_look(&m);
			if (m.risk.level == LEVEL_OK)
				continue;
			snprintf(label, sizeof(label), "%s at %" PRId64 "s: %s", cases[i].label,
				step / STEPS_PER_S, m.risk.why);
			expect_int(label, m.risk.level, LEVEL_OK);
			break;
		}
		expect_int(cases[i].label, m.died_ms, VALUE_UNKNOWN);
		expect_true(cases[i].label, value_known(m.risk.left.high_kib));
	}
}

/** Growth that ends in a kill. */
struct leak {
	const char *label;
	int64_t ram_mib, swap_mib, cache_mib;
	int64_t kib_per_s;
	int64_t quiet_s; /* before it begins */
	int64_t noise_percent;
	enum {
		ANON,
		TMPFS,
		SLAB
	} kind;
	bool warns;       /* time allows a WARN before CRITICAL */
	unsigned n_least; /* forecasts that it must get */
};

/** What became of the forecasts of one leak. */
struct outcome {
	unsigned told, right, wide;
	int64_t first_ms[LEVEL_COUNT];
};

#define TOLD_MAX 4096

struct told_risk {
	int64_t ms, low_s, mid_s, high_s;
};

static void leak_step(struct machine *m, const struct leak *leak)
{
	int64_t *const kinds[] = { [ANON] = &m->anon, [TMPFS] = &m->shmem, [SLAB] = &m->pinned };
	const int64_t kib = leak->kib_per_s / STEPS_PER_S;
	const int64_t noise = kib * leak->noise_percent / 100;

	machine_grow(m, kinds[leak->kind], kib + machine_random(m, 2 * noise + 1) - noise);
}

static void rate_told(
	const struct told_risk *told, unsigned n, int64_t died_ms, struct outcome *outcome)
{
	for (unsigned i = 0; i < n; i++) {
		const int64_t ms = died_ms - told[i].ms;

		outcome->told++;
		outcome->right += told[i].low_s * 1000 <= ms && ms <= told[i].high_s * 1000;
		outcome->wide += told[i].high_s > told[i].low_s * 4 + 9 ||
			told[i].mid_s < told[i].low_s || told[i].mid_s > told[i].high_s;
	}
}

/* Samples a second apart, phase steps after full seconds of the leak. */
static void run_leak(const struct leak *leak, int64_t phase, struct outcome *ret)
{
	static struct told_risk told[TOLD_MAX];
	struct machine m;
	unsigned n = 0;

	for (unsigned i = 0; i < LEVEL_COUNT; i++)
		ret->first_ms[i] = VALUE_UNKNOWN;
	machine_boot(&m, leak->ram_mib, leak->swap_mib);
	machine_grow(&m, &m.file, leak->cache_mib * MIB);
	for (int64_t step = 0; !value_known(m.died_ms) && n < TOLD_MAX; step++) {
		if (step >= leak->quiet_s * STEPS_PER_S)
			leak_step(&m, leak);
		m.ms += STEP_MS;
		if (step % STEPS_PER_S != phase || value_known(m.died_ms))
			continue;
		machine_look(&m);
		if (!value_known(ret->first_ms[m.risk.level]))
			ret->first_ms[m.risk.level] = m.ms;
		if (value_known(m.risk.forecast_s))
			told[n++] = (struct told_risk){ m.ms, m.risk.forecast_low_s,
				m.risk.forecast_s, m.risk.forecast_high_s };
	}
	rate_told(told, n, m.died_ms, ret);
}

static void expect_foretold(const struct leak *leak)
{
	struct outcome all = { 0 };
	char label[160];

	for (int64_t phase = 0; phase < STEPS_PER_S; phase += 3) {
		run_leak(leak, phase, &all);
		snprintf(label, sizeof(label), "%s, phase %" PRId64, leak->label, phase);
		expect_true(label, value_known(all.first_ms[LEVEL_CRITICAL]));
		if (leak->warns)
			expect_true(label,
				value_known(all.first_ms[LEVEL_WARN]) &&
					all.first_ms[LEVEL_WARN] < all.first_ms[LEVEL_CRITICAL]);
	}
	snprintf(label, sizeof(label), "%s: %u of %u right, %u too wide", leak->label, all.right,
		all.told, all.wide);
	expect_true(label, all.right * 100 >= all.told * 80);
	expect_true(label, all.told >= 4 * leak->n_least);
	expect_int(label, all.wide, 0);
}

static void steady_growth_is_foretold(void)
{
	/* clang-format off */
	static const struct leak leaks[] = {
		{ "24 GiB, 20 MB/s", 24 * 1024, 0, 0, 20 * MIB, 0, 0, ANON, true, 900 },
		{ "24 GiB, noise", 24 * 1024, 0, 0, 20 * MIB, 0, 80, ANON, true, 900 },
		{ "24 GiB, full of cache", 24 * 1024, 0, 18 * 1024, 20 * MIB, 30, 30, ANON, true, 900 },
		{ "24 GiB, swap", 24 * 1024, 8 * 1024, 0, 50 * MIB, 0, 30, ANON, true, 500 },
		{ "24 GiB, 1 GB/s", 24 * 1024, 0, 0, 1000 * MIB, 30, 10, ANON, true, 15 },
		{ "2 GiB, 5 MB/s", 2048, 0, 0, 5 * MIB, 100, 50, ANON, true, 300 },
		{ "2 GiB, tmpfs", 2048, 0, 0, 30 * MIB, 20, 10, TMPFS, true, 50 },
		{ "2 GiB, the kernel's slab", 2048, 0, 0, 10 * MIB, 20, 10, SLAB, true, 100 },
		{ "256 MiB, 10 MB/s", 256, 0, 0, 10 * MIB, 12, 20, ANON, false, 14 },
		{ "256 MiB, 20 MB/s", 256, 0, 0, 20 * MIB, 12, 10, ANON, false, 6 },
		{ "256 MiB, 20 MB/s at once", 256, 0, 0, 20 * MIB, 0, 10, ANON, false, 5 },
		{ "256 MiB, 40 MB/s", 256, 0, 0, 40 * MIB, 7, 10, ANON, false, 2 },
		{ "256 MiB, 60 MB/s", 256, 0, 0, 60 * MIB, 20, 0, ANON, false, 1 },
		{ "256 MiB, swap", 256, 256, 0, 20 * MIB, 12, 10, ANON, false, 18 },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(leaks); i++)
		expect_foretold(&leaks[i]);
}

static void run(struct machine *m, step_fn *step, int64_t seconds)
{
	for (int64_t i = 0; i < seconds * STEPS_PER_S && !value_known(m->died_ms); i++) {
		step(m, i);
		m->ms += STEP_MS;
		if (i % STEPS_PER_S == 0)
			machine_look(m);
	}
}

/* The working set is larger than memory: what is dropped or swapped is wanted at once. */
static void thrash(struct machine *m, int64_t step)
{
	(void)step;
	if (m->swap_used < m->total / 4)
		machine_grow(m, &m->anon, 50 * MIB);
	m->stalls += 30;
	m->scan_kswapd += 4000;
	m->scan_direct += 2000;
	m->steal += 1000;
	m->swap_in += 700;
	m->swap_out += 700;
	m->full_centi = 4000;
}

static void thrashing_is_told_though_swap_keeps_the_killer_away(void)
{
	struct machine m;

	machine_boot(&m, 2048, 8192);
	run(&m, idle, 20);
	expect_int("calm before", m.risk.level, LEVEL_OK);
	run(&m, thrash, 40);
	expect_int("alive", m.died_ms, VALUE_UNKNOWN);
	expect_true("swap is left", m.risk.left.swap_kib > 4 * GIB);
	expect_int("level", m.risk.level, LEVEL_WARN);
	expect_int("no forecast", m.risk.forecast_s, VALUE_UNKNOWN);
}

static void a_warm_up_that_stops_is_soon_forgotten(void)
{
	struct machine m;

	machine_boot(&m, 24 * 1024, 0);
	run(&m, idle, 15);
	run(&m, long_warm_up, 190);
	expect_true("it looked like a leak", m.risk.level > LEVEL_OK);
	run(&m, idle, 12);
	expect_int("12 s later", m.risk.level, LEVEL_OK);
	expect_int("forecast", m.risk.forecast_s, VALUE_UNKNOWN);
}

extern CU_TestInfo risk_tests[];
CU_TestInfo risk_tests[] = {
	{ "calm loads are never above OK", calm_loads_are_never_above_ok },
	{ "steady growth is foretold", steady_growth_is_foretold },
	{ "thrashing is told", thrashing_is_told_though_swap_keeps_the_killer_away },
	{ "a warm-up that stops is forgotten", a_warm_up_that_stops_is_soon_forgotten },
	CU_TEST_INFO_NULL,
};
