/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel.h"

#include <string.h>

/** Longer numbers are no version numbers. */
#define DIGITS_MAX 6

/** The newest release whose rules are known: those of an unreadable release string. */
#define NEWEST_MAJOR 7
#define NEWEST_MINOR 2

struct version {
	int major, minor, patch;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One part of a version; -1 and *at unchanged if there is none or it is too long. */
static int read_part(const char **at)
{
	const char *digit = *at;
	int value = 0;

	for (; is_digit(*digit); digit++) {
		if (digit - *at >= DIGITS_MAX)
			return -1;
		value = value * 10 + (*digit - '0');
	}
	if (digit == *at)
		return -1;

	*at = digit;
	return value;
}

static bool read_version(const char *release, struct version *ret)
{
	struct version version = { .patch = -1 };

	version.major = read_part(&release);
	if (version.major < 0 || *release++ != '.')
		return false;
	version.minor = read_part(&release);
	if (version.minor < 0)
		return false;
	if (*release++ == '.')
		version.patch = read_part(&release);

	*ret = version;
	return true;
}

static bool since(const struct version *version, int major, int minor, int patch)
{
	if (version->major != major)
		return version->major > major;
	if (version->minor != minor)
		return version->minor > minor;
	return version->patch >= patch;
}

/* Whether a word such as "el7" stands in the release by itself: not the el7uek of Oracle's
 * own kernels, nor the el7a of RHEL's ARM kernels. */
static bool has_word(const char *release, const char *word)
{
	const size_t len = strlen(word);

	for (const char *at = strstr(release, word); at; at = strstr(at + 1, word)) {
		if (at > release && !is_alnum(at[-1]) && !is_alnum(at[len]))
			return true;
	}
	return false;
}

static enum badness_formula formula_of(const struct version *version)
{
	/* The 3% rule came to 3.10 stable too: absent in 3.10.4, present in 3.10.65. */
	if (version->major == 3 && version->minor == 10 && version->patch >= 65)
		return FORMULA_3_14;
	if (since(version, 5, 9, -1))
		return FORMULA_5_9;
	if (since(version, 4, 17, -1))
		return FORMULA_4_17;
	if (since(version, 3, 14, -1))
		return FORMULA_3_14;
	if (since(version, 3, 5, -1))
		return FORMULA_3_5;
	if (since(version, 3, 2, -1))
		return FORMULA_3_2;
	if (since(version, 2, 6, 39))
		return FORMULA_2_6_39;
	if (since(version, 2, 6, 36))
		return FORMULA_2_6_36;
	return FORMULA_2_6_32;
}

static enum score_scale scale_of(const struct version *version)
{
	if (since(version, 5, 9, -1))
		return SCORE_TWO_THIRDS;
	return since(version, 3, 5, -1) ? SCORE_PER_MILLE : SCORE_RAW;
}

/* select_bad_process(): 4.7 and 4.8, and again 5.3, let the later of equal scores win;
 * 3.14..4.6 and 4.9..5.2 keep the one they have if it is a group leader. */
static enum tie_rule tie_of(const struct version *version)
{
	if (since(version, 5, 3, -1))
		return TIE_NEWEST;
	return since(version, 4, 7, -1) && !since(version, 4, 9, -1) ? TIE_NEWEST : TIE_OLDEST;
}

/* task_mem() and proc_pid_statm() sum the per-CPU parts from 6.17 on (fs/proc/task_mmu.c),
 * oom_badness() does so only from 7.0 on; 6.12.117 has the former as a backport. */
static bool shows_exact_swap(const struct version *version)
{
	if (version->major == 6 && version->minor == 12)
		return version->patch >= 117;
	return since(version, 6, 17, -1) && !since(version, 7, 0, -1);
}

/* __set_oom_adj() of fs/proc/base.c; vfork children and init are never changed. */
static enum adj_reach reach_of(const struct version *version)
{
	if (since(version, 5, 10, -1))
		return ADJ_REACHES_CLONES;
	return since(version, 4, 8, -1) ? ADJ_REACHES_SHARERS : ADJ_REACHES_ONE;
}

/* mm/memcontrol.c.  The test of swappiness is absent in 3.6, and present in 3.10.65 and, by
 * stable, in 3.4.113. */
static enum memcg_total memcg_total_of(const struct version *version)
{
	if (since(version, 4, 6, -1))
		return MEMCG_TOTAL_4_6;
	if (since(version, 3, 7, -1) ||
		(version->major == 3 && version->minor == 4 && version->patch >= 113))
		return MEMCG_TOTAL_3_7;
	return since(version, 2, 6, 37) ? MEMCG_TOTAL_2_6_37 : MEMCG_TOTAL_2_6_36;
}

static void set_rules(const struct version *version, struct kernel_profile *kernel)
{
	kernel->formula = formula_of(version);
	kernel->score_scale = scale_of(version);
	kernel->tie = tie_of(version);
	kernel->rss_source = since(version, 7, 0, -1) ? RSS_FROM_STATUS : RSS_FROM_STAT;
	kernel->counts_swap = since(version, 2, 6, 36);
	kernel->counts_pgtables = since(version, 2, 6, 39);
	kernel->adj_min_shared_mm = since(version, 2, 6, 37) && !since(version, 3, 2, -1);
	kernel->skips_vfork = since(version, 4, 8, -1);
	kernel->has_oom_skip = since(version, 4, 7, -1);
	kernel->exiting_aborts = !since(version, 4, 6, -1);
	kernel->sacrifices_child = !since(version, 5, 1, -1);
	kernel->kills_sharers = since(version, 2, 6, 37);
	kernel->spares_adj_min_sharers = since(version, 3, 2, -1) && !since(version, 4, 8, -1);
	kernel->score_sees_skip = since(version, 5, 9, -1);
	kernel->nodes_spanned = !since(version, 5, 4, -1);
	kernel->percpu_counters = since(version, 6, 2, -1);
	kernel->swap_counter_exact = shows_exact_swap(version);
	kernel->thread_cached_counters = since(version, 2, 6, 34) && !since(version, 6, 2, -1);
	kernel->psi_expected = since(version, 4, 20, -1);
	kernel->vmalloc_used_pages = since(version, 5, 3, -1);
	kernel->adj_reach = reach_of(version);
	kernel->sysrq_spares_panic = since(version, 4, 3, -1);
	kernel->sysrq_passes_dying = since(version, 3, 4, -1);
	kernel->panic_on_no_victim = true;
	kernel->memcg_total = memcg_total_of(version);
	kernel->has_oom_group = since(version, 4, 19, -1);
}

/* Red Hat's kernels keep a release number for ten years and take the killer of later
 * ones; seen in 2.6.32-642.el6, 3.10.0-1160.el7 and 4.18.0-147.el8. */
static void set_vendor_rules(const char *release, struct kernel_profile *kernel)
{
	if (kernel->major == 2 && kernel->patch == 32 && has_word(release, "el6")) {
		kernel->vendor = true;
		kernel->formula = FORMULA_3_2;
		kernel->counts_swap = true;
		kernel->counts_pgtables = true;
		kernel->memcg_total = MEMCG_TOTAL_3_7;
	} else if (kernel->major == 3 && kernel->minor == 10 && has_word(release, "el7")) {
		kernel->vendor = true;
		kernel->formula = FORMULA_3_14;
	} else if (kernel->major == 4 && kernel->minor == 18 && has_word(release, "el8")) {
		kernel->vendor = true;
		kernel->sacrifices_child = false;
	}
}

void kernel_profile_of(const char *release, struct kernel_profile *ret)
{
	struct version version = { NEWEST_MAJOR, NEWEST_MINOR, 0 };
	struct kernel_profile kernel = { .major = -1, .minor = -1, .patch = -1 };

	kernel.release_known = read_version(release, &version);
	set_rules(&version, &kernel);
	if (kernel.release_known) {
		kernel.major = version.major;
		kernel.minor = version.minor;
		kernel.patch = version.patch;
		kernel.release_is_newer = version.major > NEWEST_MAJOR;
		set_vendor_rules(release, &kernel);
	}

	*ret = kernel;
}

const char *formula_name(enum badness_formula formula)
{
	static const char *const names[FORMULA_COUNT] = {
		[FORMULA_2_6_32] = "2.6.32",
		[FORMULA_2_6_36] = "2.6.36",
		[FORMULA_2_6_39] = "2.6.39",
		[FORMULA_3_2] = "3.2",
		[FORMULA_3_5] = "3.5",
		[FORMULA_3_14] = "3.14",
		[FORMULA_4_17] = "4.17",
		[FORMULA_5_9] = "5.9",
	};

	return names[formula];
}

int64_t kernel_counter_error(const struct kernel_profile *kernel, int cpus)
{
	if (!kernel->percpu_counters)
		return 0;
	if (cpus <= 0)
		return VALUE_UNKNOWN;
	return value_mul(value_max(32, 2 * (int64_t)cpus) - 1, cpus);
}
