/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "analysis/plan_parts.h"
#include "analysis/reason.h"
#include "base/units.h"

/** After a kill the victim may take this long to go. */
#define STILL_DYING_MS 5000

/** Names of those that die with it which are spelled out. */
#define NAMES_SHOWN 3

/** Whom sysrq-f takes, and whom it would take if that one were gone. */
struct foretold {
	struct snapshot first_view, second_view;
	struct oom first, second;
};

/** Processes of a cgroup that is killed whole. */
struct group {
	uint32_t dying, spared, unread;
	int64_t kib; /**< what they give back, as far as it is known */
	bool kib_partial;
};

/* What out_of_memory() does for sysrq-f: from 4.3 on is_sysrq_oom() keeps it from
 * panicking, and the worker that runs it has no memory, so it is never the allocating
 * task. */
static void as_sysrq_sees(const struct snapshot *now, struct snapshot *view)
{
	*view = *now;
	view->knobs.oom_kill_allocating_task = 0;
	if (now->kernel.sysrq_spares_panic)
		view->knobs.panic_on_oom = 0;
}

static void bury(struct task *task)
{
	task->state = 'Z';
	task->vsize_pages = task->rss_stat_pages = 0;
}

static int judge_second(struct foretold *foretold, struct arena *arena)
{
	const struct oom *first = &foretold->first;
	struct snapshot *view = &foretold->second_view;
	struct task *tasks = arena_array(arena, view->n_tasks, sizeof(*tasks));

	if (!tasks)
		return -ENOMEM;
	memcpy(tasks, view->tasks, view->n_tasks * sizeof(*tasks));
	bury(&tasks[first->victim]);
	for (uint32_t i = 0; i < first->n_also; i++)
		bury(&tasks[first->also[i]]);
	view->tasks = tasks;
	return victim_judge(view, arena, &foretold->second);
}

static int foretell(const struct snapshot *now, struct arena *arena, struct foretold *ret)
{
	int error;

	as_sysrq_sees(now, &ret->first_view);
	ret->second_view = ret->first_view;
	error = victim_judge(&ret->first_view, arena, &ret->first);
	if (error)
		return error;
	if (ret->first.victim != NO_TASK)
		return judge_second(ret, arena);
	ret->second = ret->first;
	return 0;
}

int plan_sysrq_victims(const struct snapshot *now, struct arena *arena, struct plan *plan)
{
	struct foretold foretold;
	const int error = foretell(now, arena, &foretold);

	if (error)
		return error;
	if (foretold.first.victim == NO_TASK)
		return -ESRCH;

	plan_target(now, foretold.first.victim, &plan->target);
	plan->second = (struct target){ .pid = 0 };
	if (foretold.second.victim != NO_TASK)
		plan_target(now, foretold.second.victim, &plan->second);
	return 0;
}

static bool is_within(const char *cgroup, const char *group)
{
	size_t len = strnlen(group, SURROUNDINGS_PATH_MAX);

	while (len > 0 && group[len - 1] == '/')
		len--;
	return strncmp(cgroup, group, len) == 0 && (cgroup[len] == '\0' || cgroup[len] == '/');
}

/* mem_cgroup_scan_tasks() with oom_kill_memcg_member(): all but init and those at -1000. */
static void count_group(
	const struct snapshot *now, const struct oom *oom, const char *path, struct group *group)
{
	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct identity *who = now->tasks[i].who;
		const enum exempt exempt = oom->judged[i].exempt;
		int64_t kib;

		if (exempt == EXEMPT_KTHREAD || exempt == EXEMPT_NO_MM)
			continue;
		if (!who || !who->cgroup) {
			group->unread++;
			continue;
		}
		if (!is_within(who->cgroup, path))
			continue;
		if (exempt == EXEMPT_INIT || exempt == EXEMPT_ADJ_MIN) {
			group->spared++;
			continue;
		}
		group->dying++;
		kib = victim_gives_back_kib(now, &now->tasks[i]);
		group->kib_partial = group->kib_partial || !value_known(kib);
		group->kib = value_add(group->kib, value_or(kib, 0));
	}
}

/* The cgroup that dies whole, as it was read for the prompt, or else as the sample has it. */
static const char *group_path(const struct plan_after *after, const struct oom *oom)
{
	if (after->around && after->around->group[0])
		return after->around->group;
	return oom->group == NO_MEMCG ? NULL : after->now->memcgs[oom->group].path;
}

static bool group_known(const struct plan_after *after, const struct oom *oom)
{
	return (after->around && after->around->group_known) ||
		(after->now->n_memcgs > 0 && oom->also_known);
}

static void say_gives_back(const struct plan_after *after, const struct oom *oom, struct text *text)
{
	const char *path = group_path(after, oom);
	struct group group = { .dying = 0 };

	if (!path) {
		if (value_known(oom->gives_back_kib))
			units_kib(text, oom->gives_back_kib);
		else
			text_add(text, "not known how much");
		return;
	}
	count_group(after->now, oom, path, &group);
	if (group.kib_partial || group.unread > 0)
		text_add(text, "at least ");
	units_kib(text, group.kib);
}

static void say_group(const struct plan_after *after, const struct oom *oom, struct text *text)
{
	const char *path = group_path(after, oom);
	struct group group = { .dying = 0 };

	count_group(after->now, oom, path, &group);
	text_fmt(text, "all of its cgroup, %s%u %s (memory.oom.group): ",
		group.unread > 0 ? "at least " : "", group.dying,
		group.dying == 1 ? "process" : "processes");
	text_add_clean(text, path, strnlen(path, SURROUNDINGS_PATH_MAX));
	if (group.spared > 0)
		text_fmt(text, "; %u of it exempt", group.spared);
}

static void say_sharers(const struct plan_after *after, const struct oom *oom, struct text *text)
{
	for (uint32_t i = 0; i < oom->n_also && i < NAMES_SHOWN; i++) {
		text_add(text, i > 0 ? ", " : "");
		reason_name(&after->now->tasks[oom->also[i]], text);
	}
	if (oom->n_also > NAMES_SHOWN)
		text_fmt(text, " and %u more", oom->n_also - NAMES_SHOWN);
	text_add(text, oom->n_also == 1 ? ", which uses its memory" : ", which use its memory");
}

/* Whether anybody, or perhaps somebody, dies besides the victim. */
static bool others_die(const struct plan_after *after, const struct oom *oom)
{
	return plan_is_container_init(after) || plan_may_be_container_init(after) ||
		group_path(after, oom) || oom->n_also > 0 || !group_known(after, oom);
}

static void say_dies(const struct plan_after *after, const struct oom *oom, struct text *text)
{
	if (plan_is_container_init(after))
		text_add(text, "all of its container: it is the init of a PID namespace");
	else if (group_path(after, oom))
		say_group(after, oom, text);
	else if (oom->n_also > 0)
		say_sharers(after, oom, text);
	else if (!group_known(after, oom))
		text_add(text, "not known: memory.oom.group has not been read");
	else if (plan_may_be_container_init(after))
		text_add(text, "all of its container, if it is the init of that");
	else
		text_add(text, "no others");
}

static void line_victim(struct plan_draft *draft, const struct oom *oom)
{
	struct text text = plan_line(draft, "foretold", false);

	reason_name(&draft->setting->now->tasks[oom->victim], &text);
	text_fmt(&text, ": %s", oom->reason);
	text = plan_line(draft, "certain", !oom->certain);
	if (oom->certain)
		text_add(&text, "yes, if it is done now");
	else
		text_fmt(&text, "no: %s", oom->uncertain_why);
}

static void lines_victim(struct plan_draft *draft, const struct oom *oom)
{
	const struct plan_after after =
		plan_after_of(draft->setting->now, oom->victim, draft->setting->around);
	struct text text, brief;

	line_victim(draft, oom);
	text = plan_line(draft, "gives back", false);
	say_gives_back(&after, oom, &text);
	text = plan_line(draft, "with it die", others_die(&after, oom));
	say_dies(&after, oom, &text);
	text = plan_line(draft, "restarts", false);
	plan_say_restart(&after, PLAN_END_UNCLEAN, &text);
	plan_line_container(draft, &after);
	plan_line_policy(draft, &after);

	text_init(&brief, draft->page.brief, sizeof(draft->page.brief));
	text_add(&brief, "kills ");
	reason_name(&draft->setting->now->tasks[oom->victim], &brief);
	text_add(&brief, oom->certain ? ", gives back " : " (not certain), gives back ");
	say_gives_back(&after, oom, &brief);
}

static void line_second(struct plan_draft *draft, const struct oom *oom)
{
	const struct snapshot *now = draft->setting->now;
	struct text text = plan_line(draft, "runner-up", false);
	struct plan_after after;

	if (oom->victim == NO_TASK) {
		text_add(&text, "nobody: no other process can be killed");
		return;
	}
	after = plan_after_of(now, oom->victim, draft->setting->around_second);
	reason_name(&now->tasks[oom->victim], &text);
	text_add(&text, ", gives back ");
	say_gives_back(&after, oom, &text);
	if (others_die(&after, oom) && after.around) {
		text_add(&text, "; with it die ");
		say_dies(&after, oom, &text);
	} else if (oom->n_also > 0) {
		text_fmt(&text, "; %u more die with it", oom->n_also);
	}
	if (plan_restarts(&after, PLAN_END_UNCLEAN))
		text_add(&text, "; systemd starts it again");
}

void plan_sysrq_access(const struct sysrq_access *sysrq, struct text *text)
{
	if (!sysrq || !sysrq->asked) {
		text_add(text, "whether /proc/sysrq-trigger can be written is not known yet");
		return;
	}
	switch (-sysrq->error) {
	case 0:
		text_add(text,
			"/proc/sysrq-trigger can be written; kernel.sysrq does not matter for it");
		break;
	case ENOENT:
		text_add(text,
			"this kernel has no /proc/sysrq-trigger (CONFIG_MAGIC_SYSRQ is off), "
			"or it is hidden in a container");
		break;
	case EACCES:
	case EPERM:
		text_add(text, "/proc/sysrq-trigger needs root");
		break;
	case EROFS:
		text_add(text, "/proc/sysrq-trigger is mounted read-only, as in containers");
		break;
	default:
		text_fmt(text, "/proc/sysrq-trigger cannot be opened for writing (errno %d)",
			-sysrq->error);
		break;
	}
}

static void check_file(struct plan_draft *draft)
{
	const struct sysrq_access *sysrq = draft->setting->sysrq;
	const bool known = sysrq && sysrq->asked;
	struct text text, refused;

	/* A recording says nothing of the file, and is refused for itself. */
	if (draft->setting->now->source != SOURCE_LIVE)
		return;
	text = plan_line(draft, "file", !known || sysrq->error != 0);
	plan_sysrq_access(sysrq, &text);
	if (known && sysrq->error) {
		refused = plan_refuse(draft);
		plan_sysrq_access(sysrq, &refused);
	}
}

static void check_panic(struct plan_draft *draft)
{
	const struct snapshot *now = draft->setting->now;
	const int64_t panic = now->knobs.panic_on_oom;
	const bool spared = now->kernel.sysrq_spares_panic;
	struct text text = plan_line(draft, "panic", !spared && panic != 0);

	if (panic == 0) {
		text_add(&text, "vm.panic_on_oom is 0: no panic");
	} else if (spared) {
		text_add(&text, "vm.panic_on_oom does not count for sysrq-f (from 4.3 on)");
	} else if (!value_known(panic)) {
		text_add(&text,
			"vm.panic_on_oom could not be read: if it is set, this kernel panics");
	} else {
		text_fmt(&text,
			"vm.panic_on_oom is %" PRId64 ": sysrq-f panics this kernel (before 4.3)",
			panic);
		text = plan_refuse(draft);
		text_fmt(&text,
			"vm.panic_on_oom is %" PRId64
			", sysrq-f would panic this kernel (before 4.3)",
			panic);
	}
}

static void check_eligible(struct plan_draft *draft, const struct oom *oom)
{
	const bool spared = draft->setting->now->kernel.sysrq_spares_panic;
	struct text text, refused;

	/* A panic in spite of candidates is that of vm.panic_on_oom. */
	if (oom->n_order > 0 && oom->outcome != OUTCOME_UNKNOWN)
		return;
	text = plan_line(draft, "eligible", true);
	if (oom->outcome == OUTCOME_UNKNOWN)
		text_fmt(&text, "who would be killed is not known: %s", oom->reason);
	else if (spared)
		text_add(&text, "no process can be killed: the kernel would do nothing");
	else
		text_add(&text, "no process can be killed: this kernel would panic (before 4.3)");
	refused = plan_refuse(draft);
	text_add(&refused, text.buf);
}

/* Somebody who is on the way out with memory left, or NO_TASK. */
static uint32_t find_dying(const struct snapshot *now, const struct oom *oom)
{
	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct task *task = &now->tasks[i];

		if (oom->judged[i].exempt == EXEMPT_OOM_SKIP)
			return i;
		if (oom->judged[i].exempt == EXEMPT_NONE && task->flags & TASK_FLAG_EXITING)
			return i;
	}
	return NO_TASK;
}

static void check_dying(struct plan_draft *draft, const struct oom *oom)
{
	const struct snapshot *now = draft->setting->now;
	const int64_t last_ms = draft->setting->last_kill_uptime_ms;
	const uint32_t dying = find_dying(now, oom);
	const bool recent = value_known(last_ms) && value_known(now->uptime_ms) && last_ms >= 0 &&
		now->uptime_ms >= last_ms && now->uptime_ms - last_ms < STILL_DYING_MS;
	struct text text;

	if (dying == NO_TASK && !recent)
		return;
	text = plan_line(draft, "dying", true);
	if (dying != NO_TASK) {
		reason_name(&now->tasks[dying], &text);
		text_add(&text, " is still dying: ");
	} else {
		text_add(&text, "the kernel killed less than 5 s ago: ");
	}
	if (dying != NO_TASK && oom->judged[dying].exempt == EXEMPT_OOM_SKIP)
		text_add(&text, "an OOM kill has taken its memory, the kernel passes it over");
	else if (now->kernel.sysrq_passes_dying)
		text_add(&text, "that victim may be chosen again, then nothing more happens");
	else
		text_add(&text, "this kernel waits for that victim and kills nobody meanwhile");
}

/* The confirmation names a victim: it must not have become another one. */
static void check_same(struct plan_draft *draft, const struct oom *oom)
{
	const struct snapshot *now = draft->setting->now;
	struct text text, refused;

	if (oom->victim == NO_TASK || oom->victim == draft->task)
		return;
	text = plan_line(draft, "changed", true);
	text_add(&text, "it would be ");
	reason_name(&now->tasks[oom->victim], &text);
	text_add(&text, " now");
	if (draft->plan->target.pid > 0) {
		text_add(&text, ", no longer ");
		plan_name(&draft->plan->target, &text);
	}
	refused = plan_refuse(draft);
	text_add(&refused, text.buf);
	text_add(&refused, ": open the menu again");
}

static void line_scope(struct plan_draft *draft)
{
	const bool container = draft->setting->now->partial == PARTIAL_PID_NAMESPACE;
	struct text text = plan_line(draft, "acts on", true);

	text_add(&text, "the whole host, whatever is selected here");
	if (container)
		text_add(&text, ", and on processes outside this container");
}

int plan_explain_sysrq(struct plan_draft *draft)
{
	struct foretold foretold;
	struct text text;

	if (foretell(draft->setting->now, draft->arena, &foretold))
		return -ENOMEM;

	text_init(&text, draft->page.what, sizeof(draft->page.what));
	text_add(&text, "sysrq-f: the kernel's OOM killer, on the whole host");
	if (draft->plan->target.pid > 0) {
		text_init(&text, draft->page.confirm, sizeof(draft->page.confirm));
		plan_confirm(&draft->plan->target, &text);
	}

	line_scope(draft);
	if (foretold.first.victim != NO_TASK) {
		lines_victim(draft, &foretold.first);
		line_second(draft, &foretold.second);
	} else {
		text_init(&text, draft->page.brief, sizeof(draft->page.brief));
		text_add(&text, "kills nobody that can be foretold");
	}
	check_file(draft);
	check_panic(draft);
	check_eligible(draft, &foretold.first);
	check_dying(draft, &foretold.first);
	check_same(draft, &foretold.first);
	return 0;
}
