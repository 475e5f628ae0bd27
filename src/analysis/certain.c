/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/reason.h"
#include "analysis/standing.h"
#include "base/text.h"

/** How far oom_score may be from ours before it says that we are wrong, not late. */
#define SCORE_SLACK 20

/** How long a sample is looked at: who may overtake within that is no certain survivor.  At
 * twice its rate, since that is an average. */
#define LOOKED_AT_S INT64_C(1)
#define BURST 2

/** Growth of a process that was seen once only is what it has by its age, if it is young.  In
 * its first second that is what every program loads. */
#define YOUNG_MS 10000
#define NEWBORN_MS 1000

/** Something that could change the victim: says what in why, or nothing. */
typedef void certain_check(
	const struct snapshot *snapshot, const struct oom *oom, struct text *why);

static void say(const struct snapshot *snapshot, uint32_t task, const char *what, struct text *why)
{
	reason_name(&snapshot->tasks[task], why);
	text_add(why, what);
}

/* In the root, or where the controller is not enabled all the way up, nothing is listed: such a
 * process is not in the scope.  A removed cgroup, and what lies outside of our namespace, might. */
static bool is_elsewhere(const struct task *task)
{
	static const char gone[] = " (deleted)";
	const char *path = task->who->cgroup;
	const size_t len = path ? strlen(path) : 0;

	if (len == 0 || path[0] != '/' || strncmp(path, "/..", 3) == 0)
		return false;
	return len < sizeof(gone) - 1 || strcmp(path + len - (sizeof(gone) - 1), gone) != 0;
}

/* A process that is charged to nobody knows which cgroup may be in this one. */
static bool hides_members(const struct snapshot *snapshot, const struct oom *oom)
{
	if (oom->scope.kind != SCOPE_MEMCG)
		return false;
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		if (oom->judged[i].exempt == EXEMPT_OUT_OF_SCOPE &&
			scope_memcg_of(snapshot, &snapshot->tasks[i]) == NO_MEMCG &&
			!is_elsewhere(&snapshot->tasks[i]))
			return true;
	}
	return false;
}

static void check_view(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	static const char *const words[] = {
		[PARTIAL_NONE] = "",
		[PARTIAL_HIDEPID] = "processes of other users are hidden (hidepid)",
		[PARTIAL_PID_NAMESPACE] = "only the processes of this PID namespace can be seen",
		[PARTIAL_LXCFS] = "the totals seen here are the container's (lxcfs)",
		[PARTIAL_KEPT] = "only the first processes were recorded",
	};

	text_add(why, words[snapshot->partial]);
	if (why->len > 0)
		return;
	if (oom->exempt_count[EXEMPT_UNREADABLE] > 0 ||
		snapshot->facts[FACT_TASK_STAT] == FACT_FORBIDDEN)
		text_add(why, "some processes could not be read");
	else if (hides_members(snapshot, oom))
		text_add(why, "the cgroup of some processes could not be read");
}

/* Nothing shows which nodes a thread's memory policy allows, and a process whose cpuset could not
 * be read was taken for one of the scope. */
static void check_nodes(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	if (oom->constraint == CONSTRAINT_MEMORY_POLICY)
		text_add(why, "memory policies of processes cannot be seen");
	else if (oom->constraint != CONSTRAINT_CPUSET)
		return;
	else if (!scope_nodes_of(snapshot, &snapshot->tasks[oom->chosen]))
		say(snapshot, oom->chosen, ": the nodes that it may use are not known", why);
	else if (!scope_nodes_of(snapshot, &snapshot->tasks[oom->first]))
		say(snapshot, oom->first, ": the nodes that it may use are not known", why);
}

static void check_kernel(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	const bool memcg = oom->scope.kind == SCOPE_MEMCG;

	if (!snapshot->kernel.release_known)
		text_add(why, "the kernel's release is unknown");
	else if (snapshot->kernel.release_is_newer)
		text_add(why, "this kernel is newer than the rules known here");
	else if (!value_known(snapshot->knobs.panic_on_oom))
		text_add(why, "vm.panic_on_oom could not be read");
	else if (!memcg && !value_known(snapshot->knobs.oom_kill_allocating_task))
		text_add(why, "vm.oom_kill_allocating_task could not be read");
	else if (memcg && snapshot->memcgs[oom->scope.memcg].version == 1 &&
		!value_known(snapshot->memcgs[oom->scope.memcg].oom_kill_disable))
		text_add(why, "memory.oom_control could not be read");
}

/* A zombie with memory has threads that live on; it and what is on its way out may be gone,
 * or be passed over, when the killer comes. */
static bool say_dying(const struct snapshot *snapshot, uint32_t task, struct text *why)
{
	const struct task *dying = &snapshot->tasks[task];

	if (dying->state == 'Z')
		say(snapshot, task, ": its main thread has exited", why);
	else if (dying->state == 'X' || dying->flags & TASK_FLAG_EXITING)
		say(snapshot, task, " is already exiting", why);
	return why->len > 0;
}

static void check_dying(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	if (say_dying(snapshot, oom->chosen, why) || say_dying(snapshot, oom->first, why))
		return;
	if (!snapshot->kernel.exiting_aborts)
		return;

	for (uint32_t i = 0; i < oom->n_order; i++) {
		const struct task *task = &snapshot->tasks[oom->order[i]];

		if (task->flags & TASK_FLAG_EXITING && task->state != 'Z') {
			say(snapshot, oom->order[i], " is exiting: the killer waits for it", why);
			return;
		}
	}
}

static void check_terms(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	if (!oom->judged[oom->chosen].badness.known)
		say(snapshot, oom->chosen, ": not all that counts could be read", why);
	else if (!oom->judged[oom->first].badness.known)
		say(snapshot, oom->first, ": not all that counts could be read", why);
}

/* Whether a rival could really have the higher score. */
static bool in_reach(const struct badness *top, const struct badness *rival)
{
	if (!value_known(top->error_pages) || !value_known(rival->error_pages))
		return true;
	if (top->error_pages == 0 && rival->error_pages == 0)
		return rival->total >= top->total;
	return value_add(rival->total_pages, rival->error_pages) >=
		value_add(top->total_pages, -top->error_pages);
}

/* Two exact and equal scores, whose order is that of creation.  A tick of start time is 10
 * ms, and PIDs wrap, so within one the order is not known.  RHEL 8 is 4.18 with parts of
 * later kernels, which changed the rule.  A cgroup keeps its processes in an order of its own. */
static bool tie_is_settled(
	const struct snapshot *snapshot, const struct oom *oom, uint32_t a, uint32_t b)
{
	const bool rule_known =
		!(snapshot->kernel.vendor && snapshot->kernel.formula == FORMULA_4_17);

	return rule_known && oom->scope.kind != SCOPE_MEMCG &&
		oom->judged[a].badness.error_pages == 0 &&
		oom->judged[b].badness.error_pages == 0 &&
		snapshot->tasks[a].start_ticks != snapshot->tasks[b].start_ticks;
}

static void say_rival(
	const struct snapshot *snapshot, const struct oom *oom, uint32_t rival, struct text *why)
{
	const struct badness *badness = &oom->judged[rival].badness;

	if (!badness->known)
		say(snapshot, rival, ": not all that counts could be read", why);
	else if (badness->error_pages == 0 && oom->judged[oom->chosen].badness.error_pages == 0)
		say(snapshot, rival, " has the same score, and their order is not known", why);
	else
		say(snapshot, rival, " is too close: within the error of reading", why);
}

static void check_rivals(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	const struct badness *top = &oom->judged[oom->chosen].badness;

	for (uint32_t i = 0; i < oom->n_order; i++) {
		const uint32_t rival = oom->order[i];

		if (rival == oom->chosen || !in_reach(top, &oom->judged[rival].badness))
			continue;
		if (tie_is_settled(snapshot, oom, oom->chosen, rival))
			continue;
		say_rival(snapshot, oom, rival, why);
		return;
	}
}

static int64_t age_ms(const struct snapshot *snapshot, const struct task *task)
{
	const int64_t started_ms = snapshot->clk_tck > 0
		? value_mul((int64_t)(task->start_ticks & INT64_MAX), 1000) / snapshot->clk_tck
		: 0;

	return value_max(value_add(snapshot->uptime_ms, -started_ms), NEWBORN_MS);
}

/* By how much a rival may be larger before the next sample, in pages. */
static int64_t soon_grown_pages(
	const struct snapshot *snapshot, const struct oom *oom, uint32_t rival)
{
	const struct task *task = &snapshot->tasks[rival];
	const int64_t mem_pages = oom->judged[rival].mem_pages;
	const int64_t age = age_ms(snapshot, task);
	int64_t growth = VALUE_UNKNOWN;

	if (task->has & TASK_HAS_GROWTH)
		growth = task->growth_bytes_per_s[GROWTH_10S];
	if (value_known(growth) && snapshot->page_bytes > 0)
		return value_max(value_mul(growth, BURST * LOOKED_AT_S) / snapshot->page_bytes, 0);
	if (age > YOUNG_MS || !value_known(mem_pages))
		return 0;
	return value_mul(mem_pages, INT64_C(1000) * BURST * LOOKED_AT_S) / age;
}

/* The victim's own growth is not counted on: it may stop. */
static void check_growth(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	const struct badness *top = &oom->judged[oom->chosen].badness;

	for (uint32_t i = 0; i < oom->n_order; i++) {
		const uint32_t rival = oom->order[i];
		const int64_t grown = soon_grown_pages(snapshot, oom, rival);
		const struct badness *badness = &oom->judged[rival].badness;

		if (rival == oom->chosen || grown == 0 || !badness->known)
			continue;
		if (value_add(badness->total_pages, grown) <
			value_add(top->total_pages, -value_or(top->error_pages, 0)))
			continue;
		say(snapshot, rival, " may overtake within a second", why);
		return;
	}
}

/* A process that uses the victim's memory dies with it, or, if it may not be killed,
 * keeps that memory; up to 3.1 it even protects the victim. */
static bool is_sharer(const struct snapshot *snapshot, const struct oom *oom, uint32_t task)
{
	const struct task *victim = &snapshot->tasks[oom->first];
	const struct task *other = &snapshot->tasks[task];
	const struct judged *judged = &oom->judged[task];

	if (!badness_may_share(victim, other))
		return false;
	if (judged->exempt == EXEMPT_ADJ_MIN)
		return snapshot->kernel.adj_min_shared_mm;
	/* It dies with the victim, whichever of them is chosen. */
	if (judged->exempt != EXEMPT_NONE || badness_shares(victim, other))
		return false;
	return other->ppid == victim->pid || victim->ppid == other->pid ||
		judged->badness.total == oom->judged[oom->first].badness.total;
}

static void check_sharers(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		if (i == oom->first || !is_sharer(snapshot, oom, i))
			continue;
		text_add(why, "it may share its memory with ");
		reason_name(&snapshot->tasks[i], why);
		return;
	}
}

/* The kernel knows what /proc does not show: sharers at -1000, marks of an earlier kill,
 * patches. */
static void check_score(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	const struct scope machine = SCOPE_OF_SYSTEM;
	const struct badness_scope scope = { .snapshot = snapshot,
		.totalpages = scope_totalpages(snapshot, &machine) };
	const struct task *task = &snapshot->tasks[oom->chosen];
	struct badness badness;
	int64_t ours, slack;

	if (!(task->has & TASK_HAS_SCORE) || snapshot->kernel.formula == FORMULA_2_6_32 ||
		!value_known(scope.totalpages))
		return;

	/* It goes by the machine's T, whatever the scope. */
	badness_of(&scope, task, &badness);
	ours = badness_score(&scope, &badness);
	slack = value_mul(value_or(badness.error_pages, 0), 1000) / scope.totalpages + SCORE_SLACK;
	if (task->oom_score >= value_add(ours, -slack) && task->oom_score <= value_add(ours, slack))
		return;
	say(snapshot, oom->chosen, ": the kernel's oom_score says otherwise", why);
}

/* Whether another child could die in place of the one that was found, or of its parent. */
static bool is_other_child(const struct snapshot *snapshot, const struct oom *oom, uint32_t task)
{
	const struct standing now = { .snapshot = snapshot, .oom = oom };
	const struct task *parent = &snapshot->tasks[oom->chosen];
	const struct badness *badness = &oom->judged[task].badness;

	if (task == oom->first || task == oom->chosen || oom->judged[task].exempt != EXEMPT_NONE ||
		snapshot->tasks[task].ppid != parent->pid)
		return false;
	/* The list of children is one of each thread; of one thread it is in order of age. */
	if (parent->threads > 1 && snapshot->kernel.formula == FORMULA_2_6_32)
		return true;
	/* It looks as if it shared its parent's memory, and would be passed over then. */
	if (!standing_is_child(&now, oom->chosen, task))
		return true;
	if (snapshot->kernel.formula == FORMULA_2_6_32)
		return snapshot->tasks[task].start_ticks == snapshot->tasks[oom->first].start_ticks;

	return in_reach(&oom->judged[oom->first].badness, badness) &&
		(parent->threads > 1 || !tie_is_settled(snapshot, oom, oom->first, task));
}

static void check_children(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	if (!snapshot->kernel.sacrifices_child)
		return;
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		if (!is_other_child(snapshot, oom, i))
			continue;
		say(snapshot, i, " may be the child that dies for its parent", why);
		return;
	}
}

/* Not checked is memory.oom.group: where it could not be read, who else dies is not certain
 * (oom->also_known), but the victim is. */
static void check_kill(const struct snapshot *snapshot, const struct oom *oom, struct text *why)
{
	static certain_check *const checks[] = {
		check_view,
		check_kernel,
		check_nodes,
		check_terms,
		check_dying,
		check_rivals,
		check_growth,
		check_children,
		check_sharers,
		check_score,
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks) && why->len == 0; i++)
		checks[i](snapshot, oom, why);
}

void certain_judge(const struct snapshot *snapshot, struct oom *oom)
{
	struct text why;

	text_init(&why, oom->uncertain_why, sizeof(oom->uncertain_why));
	if (snapshot->told) {
		oom->certain = snapshot->told->chosen_first;
		text_add(&why, oom->certain ? "" : snapshot->told->agrees);
		return;
	}
	switch (oom->outcome) {
	case OUTCOME_KILL:
	case OUTCOME_KILL_GROUP:
		check_kill(snapshot, oom, &why);
		break;
	case OUTCOME_KILL_ALLOCATING_TASK:
		text_add(&why, "who asks for memory then is killed");
		break;
	case OUTCOME_UNKNOWN:
		text_add(&why, oom->reason);
		break;
	case OUTCOME_PANIC:
	case OUTCOME_NO_VICTIM:
		break;
	}
	oom->certain = why.len == 0;
}
