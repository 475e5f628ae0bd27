/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/badness.h"

#include "analysis/badness_old.h"
#include "analysis/scope.h"

/** Counters that make up R: file, anon, shmem. */
#define RSS_COUNTERS 3

/** Room for tables of mappings that do not begin and end at the bounds of a table. */
#define TABLES_SPARE 64

/** What the formulas are applied to. */
struct inputs {
	enum badness_formula formula;
	int64_t total;       /**< T */
	int64_t memory;      /**< pages that count, as far as they are known */
	int64_t error;       /**< of memory; VALUE_UNKNOWN: no bound */
	int64_t adj;         /**< -1000..1000 */
	bool root;           /**< the root discount applies */
	bool root_unsure;    /**< or it does not */
	bool known;          /**< all that counts was read */
	struct old_task old; /**< for 2.6.32..2.6.35 */
};

const char *exempt_id(enum exempt exempt)
{
	static const char *const ids[EXEMPT_COUNT] = {
		[EXEMPT_NONE] = NULL,
		[EXEMPT_INIT] = "init",
		[EXEMPT_KTHREAD] = "kthread",
		[EXEMPT_ADJ_MIN] = "adj_min",
		[EXEMPT_NO_MM] = "no_mm",
		[EXEMPT_VFORK] = "vfork",
		[EXEMPT_OOM_SKIP] = "oom_skip",
		[EXEMPT_OUT_OF_SCOPE] = "out_of_scope",
		[EXEMPT_UNREADABLE] = "unreadable",
	};

	return ids[exempt];
}

const char *exempt_words(enum exempt exempt)
{
	static const char *const words[EXEMPT_COUNT] = {
		[EXEMPT_NONE] = "",
		[EXEMPT_INIT] = "init is never killed",
		[EXEMPT_KTHREAD] = "kernel thread",
		[EXEMPT_ADJ_MIN] = "oom_score_adj is -1000",
		[EXEMPT_NO_MM] = "has no memory of its own",
		[EXEMPT_VFORK] = "vfork child, still using its parent's memory",
		[EXEMPT_OOM_SKIP] = "an OOM kill has already taken its memory",
		[EXEMPT_OUT_OF_SCOPE] = "outside this scope",
		[EXEMPT_UNREADABLE] = "its files could not be read",
	};

	return words[exempt];
}

static bool compared(const struct task *a, const struct task *b)
{
	return a->mm_compared != 0 && a->mm_compared == b->pid;
}

bool badness_shares(const struct task *a, const struct task *b)
{
	return (compared(a, b) && a->mm_shared) || (compared(b, a) && b->mm_shared);
}

bool badness_may_share(const struct task *a, const struct task *b)
{
	if (compared(a, b) || compared(b, a))
		return badness_shares(a, b);
	return task_same_size(a, b);
}

int64_t badness_child_pages(const struct task *parent, const struct task *child)
{
	if (!value_known(child->vsize_pages) || child->vsize_pages <= 0)
		return 0;
	return badness_may_share(parent, child) ? 0 : child->vsize_pages / 2 + 1;
}

static int64_t page_kib(const struct snapshot *snapshot)
{
	return value_max(snapshot->page_bytes / 1024, 1);
}

/* Swap in use on the whole machine, in pages; a process cannot have more. */
static int64_t swap_used_pages(const struct snapshot *snapshot)
{
	const struct meminfo *mem = &snapshot->mem;

	if (mem->swap_total_kib == 0 || snapshot->total_swap_pages == 0)
		return 0;
	if (!value_known(mem->swap_total_kib) || !value_known(mem->swap_free_kib))
		return VALUE_UNKNOWN;
	return value_max(mem->swap_total_kib - mem->swap_free_kib, 0) / page_kib(snapshot);
}

/* Add a term to the memory; where it is unknown, its bound to the error. */
static void add_term(struct inputs *in, int64_t pages, int64_t bound)
{
	if (value_known(pages)) {
		in->memory = value_add(in->memory, pages);
	} else {
		in->known = false;
		in->error = value_add(in->error, bound);
	}
}

static int64_t rss_of_status(const struct task *task)
{
	const int64_t sum = value_add(
		value_add(task->rss_anon_pages, task->rss_file_pages), task->rss_shmem_pages);

	return value_known(sum) ? sum : task->rss_status_pages;
}

/* R from where this kernel shows what its killer reads, else from the other file: up to
 * three counters that differ by what the CPUs have not added up yet. */
static int64_t gather_rss(
	const struct snapshot *snapshot, const struct task *task, struct inputs *in)
{
	const struct kernel_profile *kernel = &snapshot->kernel;
	const bool stat_first = kernel->rss_source == RSS_FROM_STAT;
	const int64_t status = rss_of_status(task);
	int64_t rss = stat_first ? task->rss_stat_pages : status;

	if (!value_known(rss)) {
		rss = stat_first ? status : task->rss_stat_pages;
		if (value_known(rss) && (!stat_first || kernel->swap_counter_exact))
			in->error = value_add(in->error,
				value_mul(RSS_COUNTERS,
					kernel_counter_error(kernel, snapshot->cpus)));
	}
	return value_known(rss) ? value_max(rss, 0) : VALUE_UNKNOWN;
}

static int64_t gather_swap(
	const struct snapshot *snapshot, const struct task *task, struct inputs *in)
{
	const struct kernel_profile *kernel = &snapshot->kernel;
	const int64_t used = swap_used_pages(snapshot);
	int64_t swap = task->swap_pages;

	if (!kernel->counts_swap)
		return 0;
	if (!value_known(swap) && used == 0)
		swap = 0;

	/* A counter whose exact sum is 0 can still read as not 0: what one CPU added and
	 * another took away is in neither's share of the total. */
	if (kernel->swap_counter_exact && (used != 0 || swap > 0 || snapshot->vmstat.pswpout > 0))
		in->error = value_add(in->error, kernel_counter_error(kernel, snapshot->cpus));

	return value_known(swap) ? value_max(swap, 0) : VALUE_UNKNOWN;
}

static int64_t gather_tables(const struct snapshot *snapshot, const struct task *task)
{
	if (!snapshot->kernel.counts_pgtables)
		return 0;
	if (!value_known(task->pgtables_bytes))
		return VALUE_UNKNOWN;
	return value_max(task->pgtables_bytes, 0) / (page_kib(snapshot) * 1024);
}

/* A page table of 8-byte entries spans page_bytes / 8 pages. */
static int64_t tables_bound(const struct snapshot *snapshot, const struct task *task)
{
	if (!value_known(task->vsize_pages))
		return VALUE_UNKNOWN;
	return value_max(task->vsize_pages, 0) / (page_kib(snapshot) * 1024 / 8) + TABLES_SPARE;
}

/* has_capability_noaudit() asks for the capability in the initial user namespace, which
 * /proc does not show: who holds it without being root may have it in another one only
 * (containers, browser sandboxes). */
static void gather_root(const struct snapshot *snapshot, const struct task *task, struct inputs *in)
{
	const enum badness_formula formula = snapshot->kernel.formula;

	if (formula >= FORMULA_4_17)
		return;
	if (!(task->has & TASK_HAS_CAPS)) {
		in->known = false;
		in->root_unsure = true;
		return;
	}
	in->root = task->cap_effective & CAP_BIT_SYS_ADMIN;
	in->root_unsure =
		in->root && formula >= FORMULA_3_5 && task->has & TASK_HAS_UID && task->uid != 0;
}

static void gather_adj(const struct task *task, struct inputs *in)
{
	if (task->has & TASK_HAS_ADJ) {
		in->adj = value_max(-1000, value_min(task->oom_score_adj, 1000));
	} else {
		in->known = false;
		in->error = VALUE_UNKNOWN;
	}
}

static int64_t children_of(const struct badness_scope *scope, const struct task *task)
{
	const struct snapshot *snapshot = scope->snapshot;
	int64_t pages = 0;

	if (scope->children_pages && task >= snapshot->tasks &&
		task < snapshot->tasks + snapshot->n_tasks)
		return scope->children_pages[task - snapshot->tasks];

	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		if (snapshot->tasks[i].ppid == task->pid)
			pages = value_add(pages, badness_child_pages(task, &snapshot->tasks[i]));
	}
	return pages;
}

/* A process whose nodes are not known is taken for one that has them. */
static bool is_away(const struct badness_scope *scope, const struct task *task)
{
	const struct node_set *its = scope_nodes_of(scope->snapshot, task);

	return its && !nodes_intersect(its, scope->nodes);
}

static void gather(const struct badness_scope *scope, const struct task *task, struct inputs *in,
	struct badness *parts)
{
	const struct snapshot *snapshot = scope->snapshot;
	const bool scaled = value_known(scope->totalpages) && scope->totalpages > 0;
	const bool old = snapshot->kernel.formula == FORMULA_2_6_32;

	in->formula = snapshot->kernel.formula;
	in->total = scaled ? scope->totalpages : VALUE_UNKNOWN;
	in->known = scaled;
	in->error =
		value_known(task->stale_pages) ? value_max(task->stale_pages, 0) : VALUE_UNKNOWN;

	parts->rss_pages = gather_rss(snapshot, task, in);
	parts->swap_pages = gather_swap(snapshot, task, in);
	parts->table_pages = gather_tables(snapshot, task);
	if (old) {
		add_term(in, task->vsize_pages, VALUE_UNKNOWN);
		old_gather(snapshot, task, children_of(scope, task), &in->old);
		in->old.away = scope->nodes && is_away(scope, task);
		in->known = in->known && in->old.known;
	} else {
		add_term(in, parts->rss_pages, VALUE_UNKNOWN);
		add_term(in, parts->swap_pages, swap_used_pages(snapshot));
		add_term(in, parts->table_pages, tables_bound(snapshot, task));
	}
	in->memory = value_max(in->memory, 0);

	gather_root(snapshot, task, in);
	gather_adj(task, in);
	if (!value_known(in->error))
		in->known = false;
}

static bool in_points(enum badness_formula formula)
{
	return formula >= FORMULA_2_6_36 && formula <= FORMULA_3_2;
}

/* 2.6.39..3.1 (mm/oom_kill.c): "int points; points *= 1000; points /= totalpages;", where
 * totalpages is unsigned long, so that a negative product is divided as a huge number. */
static int64_t overflowing_points(int64_t memory, int64_t total)
{
	const int32_t product = (int32_t)((uint32_t)memory * UINT32_C(1000));
	const uint64_t quotient = (uint64_t)(int64_t)product / (uint64_t)total;

	return (int32_t)(uint32_t)quotient;
}

static int64_t memory_term(const struct inputs *in, int64_t memory)
{
	if (in->formula == FORMULA_2_6_39)
		return overflowing_points(memory, in->total);
	return in_points(in->formula) ? value_mul(memory, 1000) / in->total : memory;
}

static int64_t root_term(const struct inputs *in, int64_t memory)
{
	if (in_points(in->formula))
		return -30;
	if (in->formula == FORMULA_3_5)
		return value_mul(-30, in->total / 1000);
	return in->formula == FORMULA_3_14 ? -(value_mul(memory, 3) / 100) : 0;
}

static int64_t adj_term(const struct inputs *in)
{
	return in_points(in->formula) ? in->adj : value_mul(in->adj, in->total / 1000);
}

/* The score with that much memory, with or without the root discount. */
static int64_t total_of(const struct inputs *in, int64_t memory, bool root)
{
	int64_t sum;

	if (in->formula == FORMULA_2_6_32)
		return old_score(&in->old, memory, in->adj, OLD_PERIOD_USUAL);

	sum = value_add(memory_term(in, memory), root ? root_term(in, memory) : 0);
	sum = value_add(sum, adj_term(in));
	if (in->formula == FORMULA_2_6_39)
		sum = (int32_t)(uint32_t)(uint64_t)sum;
	if (in_points(in->formula))
		return value_max(1, value_min(sum, 1000));
	return in->formula == FORMULA_5_9 ? sum : value_max(sum, 1);
}

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? value_add(a, -b) : value_add(b, -a);
}

/* How far the score may be off in its own unit: the formulas rise with memory, so its ends
 * decide; below a floor all memory gives the same score. */
static int64_t error_of(const struct inputs *in, int64_t total)
{
	const int64_t most = value_add(in->memory, in->error);
	const int64_t least = value_max(value_add(in->memory, -in->error), 0);
	int64_t error;

	if (in->formula == FORMULA_2_6_32)
		return old_error(&in->old, least, most, in->adj, total);

	/* What overflowed may be anything. */
	if (in->formula == FORMULA_2_6_39 && in->error > 0 && most > INT32_MAX / 1000)
		return 1000;

	error = value_max(distance(total_of(in, least, in->root), total),
		distance(total_of(in, most, in->root), total));
	if (!in->root_unsure)
		return error;

	error = value_max(error, distance(total_of(in, least, !in->root), total));
	return value_max(error, distance(total_of(in, most, !in->root), total));
}

static int64_t to_pages(const struct inputs *in, int64_t total)
{
	return in_points(in->formula) ? value_mul(total, in->total) / 1000 : total;
}

static void finish(const struct inputs *in, struct badness *ret)
{
	int64_t error;

	ret->known = in->known;
	ret->error_pages = in->error;
	if (!value_known(in->total)) {
		ret->total = ret->total_pages = in->memory;
		return;
	}
	if (in->adj == -1000) {
		ret->total = in->formula == FORMULA_5_9 ? INT64_MIN : 0;
		ret->total_pages = ret->total;
		ret->error_pages = 0;
		return;
	}

	if (in->formula == FORMULA_2_6_32) {
		struct old_terms terms;

		old_terms(&in->old, in->memory, in->adj, &terms);
		ret->root_pages = terms.root;
		ret->nodes_pages = terms.nodes;
		ret->adj_pages = terms.adj;
	} else {
		ret->root_pages = in->root ? root_term(in, in->memory) : 0;
		ret->adj_pages = adj_term(in);
	}
	ret->total = total_of(in, in->memory, in->root);
	ret->total_pages = to_pages(in, ret->total);
	if (!value_known(in->error))
		return;

	error = error_of(in, ret->total);
	ret->error_pages = to_pages(in, error);
	/* Points become pages by a division that may lose one on either side. */
	if (in_points(in->formula) && error > 0)
		ret->error_pages = value_add(ret->error_pages, 1);
}

void badness_of(const struct badness_scope *scope, const struct task *task, struct badness *ret)
{
	badness_grown(scope, task, 0, ret);
}

void badness_grown(const struct badness_scope *scope, const struct task *task, int64_t extra_pages,
	struct badness *ret)
{
	struct badness badness = { 0 };
	struct inputs in = { 0 };

	gather(scope, task, &in, &badness);
	in.memory = value_max(value_add(in.memory, extra_pages), 0);
	if (value_known(badness.rss_pages))
		badness.rss_pages = value_max(value_add(badness.rss_pages, extra_pages), 0);
	finish(&in, &badness);

	*ret = badness;
}

int64_t badness_total(
	const struct badness_scope *scope, const struct task *task, const struct badness *terms)
{
	const struct kernel_profile *kernel = &scope->snapshot->kernel;
	struct inputs in = { .formula = kernel->formula, .total = scope->totalpages };

	if (kernel->formula == FORMULA_2_6_32 || !value_known(in.total) || in.total <= 0) {
		struct badness badness;

		badness_of(scope, task, &badness);
		return badness.total;
	}

	in.memory = value_add(value_or(terms->rss_pages, 0),
		value_add(value_or(terms->swap_pages, 0), value_or(terms->table_pages, 0)));
	in.memory = value_max(in.memory, 0);
	gather_root(scope->snapshot, task, &in);
	gather_adj(task, &in);
	if (in.adj == -1000)
		return in.formula == FORMULA_5_9 ? INT64_MIN : 0;
	return total_of(&in, in.memory, in.root);
}

int64_t badness_score(const struct badness_scope *scope, const struct badness *badness)
{
	const int64_t total = scope->totalpages;
	int64_t permille;

	if (!value_known(total) || total <= 0)
		return VALUE_UNKNOWN;
	if (badness->total == INT64_MIN)
		return 0;

	permille = value_mul(badness->total, 1000) / total;
	switch (scope->snapshot->kernel.score_scale) {
	case SCORE_PER_MILLE:
		return permille;
	case SCORE_TWO_THIRDS:
		return value_mul(value_add(1000, permille), 2) / 3;
	case SCORE_RAW:
		break;
	}
	return badness->total;
}

int64_t badness_points_tenths(const struct badness_scope *scope, const struct badness *badness)
{
	const int64_t total = scope->totalpages;

	if (!value_known(total) || total <= 0 || badness->total == INT64_MIN)
		return VALUE_UNKNOWN;
	if (in_points(scope->snapshot->kernel.formula))
		return value_mul(badness->total, 10);
	return value_mul(badness->total, 10000) / total;
}
