/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/summary.h"
#include "analysis/verdict.h"
#include "crowd.h"
#include "unit.h"

#define MIB 1024
#define GIB (1024 * 1024)

/** earlyoom and systemd-oomd on a machine with java 23283 and chrome 4102 in a cgroup each. */
struct office {
	struct crowd crowd;
	struct memcg memcgs[3];
	struct killer killers[KILLERS_MAX];
	struct killer_view views[KILLERS_MAX];
	struct risk risk;
};

enum {
	TOP,
	USERS,
	APP
};
enum {
	EARLYOOM,
	OOMD
};
enum {
	CHROME,
	JAVA
};

static struct killer_view blank_view(void)
{
	struct killer_view view;

	memset(&view, 0, sizeof(view));
	view.room_kib = view.room_percent = VALUE_UNKNOWN;
	view.pressure_centi = view.limit_centi = VALUE_UNKNOWN;
	view.held_ms = view.duration_ms = view.least_s = VALUE_UNKNOWN;
	view.watched = view.victim_memcg = NO_MEMCG;
	view.slope_kib_per_s = view.gives_back_kib = VALUE_UNKNOWN;
	view.forecast_s = view.forecast_low_s = view.forecast_high_s = VALUE_UNKNOWN;
	view.victim = NO_TASK;
	return view;
}

static void add_killer(struct office *office, enum killer_kind kind)
{
	struct snapshot *now = &office->crowd.now;

	office->killers[now->n_killers].kind = kind;
	office->views[now->n_killers] = blank_view();
	now->killers = office->killers;
	now->n_killers++;
}

static void begin(struct office *office)
{
	struct crowd *crowd = &office->crowd;

	memset(office, 0, sizeof(*office));
	crowd_init(crowd, "6.1.0");
	crowd_add(crowd, 4102, "chrome", CROWD_GIB / 2, 300)->memcg = APP;
	crowd_add(crowd, 23283, "java", 2 * CROWD_GIB, 0)->memcg = TOP;
	crowd_judge(crowd);
	office->memcgs[TOP] = (struct memcg){ .path = "/", .parent = NO_MEMCG };
	office->memcgs[USERS] = (struct memcg){ .path = "/user.slice", .parent = TOP };
	office->memcgs[APP] = (struct memcg){ .path = "/user.slice/app-x.scope", .parent = USERS };
	crowd->now.memcgs = office->memcgs;
	crowd->now.n_memcgs = ARRAY_SIZE(office->memcgs);
	add_killer(office, KILLER_EARLYOOM);
	add_killer(office, KILLER_SYSTEMD_OOMD);
	office->views[EARLYOOM].room_kib = GIB * 6 / 5;
	office->views[EARLYOOM].room_percent = 9;
	office->views[EARLYOOM].victim = JAVA;
	office->views[OOMD].pressure_centi = 1200;
	office->views[OOMD].limit_centi = 6000;
	office->views[OOMD].watched = USERS;
	office->views[OOMD].act = ACT_KILL;
	office->views[OOMD].victim_memcg = APP;
	office->views[OOMD].n_victims = 41;
	office->views[OOMD].gives_back_kib = GIB * 3;

	office->risk.forecast_s = VALUE_UNKNOWN;
	office->risk.filling = office->risk.victim = NO_TASK;
	snprintf(office->risk.scope_words, sizeof(office->risk.scope_words), "machine");
}

/* As killers_risk() fills it. */
static void choose_killer(struct office *office, uint32_t killer)
{
	const struct killer_view *view = &office->views[killer];
	struct risk *risk = &office->risk;

	risk->where = (struct scope){ .kind = SCOPE_KILLER, .memcg = NO_MEMCG, .killer = killer };
	snprintf(risk->scope_words, sizeof(risk->scope_words), "%s",
		killer_name(office->killers[killer].kind));
	risk->left.high_kib = view->room_kib;
	risk->slope_kib_per_s = view->slope_kib_per_s;
	risk->forecast_s = view->forecast_s;
	risk->forecast_low_s = view->forecast_low_s;
	risk->forecast_high_s = view->forecast_high_s;
}

static void expect_sentence(struct office *office, uint32_t killer, const char *want)
{
	char buf[256];
	struct text text;

	choose_killer(office, killer);
	text_init(&text, buf, sizeof(buf));
	verdict_killer_text(&office->crowd.now, office->views, &office->risk, &text);
	expect_text("sentence", buf, want);
	expect_true(want, text_cells(buf) <= VERDICT_CELLS);
}

static void expect_next(struct office *office, uint32_t killer, const char *want)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	verdict_killer_next(&office->crowd.now, office->views, killer, &office->crowd.oom, &text);
	expect_text("next", buf, want);
	expect_true(want, text_cells(buf) <= VERDICT_CELLS);
}

static void the_sentence_says_what_is_left_until_it_acts(void)
{
	struct office office;
	struct killer_view *view = &office.views[EARLYOOM];

	begin(&office);
	expect_sentence(
		&office, EARLYOOM, "earlyoom: 1.2G until it acts, its change is not known yet");
	view->slope_kib_per_s = -52 * MIB;
	view->forecast_s = 25;
	view->forecast_low_s = 18;
	view->forecast_high_s = 40;
	expect_sentence(&office, EARLYOOM, "earlyoom: 1.2G until it acts, -52M/s: in 18-40s");
	view->room_is_swap = true;
	expect_sentence(
		&office, EARLYOOM, "earlyoom: 1.2G of swap until it acts, -52M/s: in 18-40s");
	view->act = ACT_KERNEL;
	view->room_is_swap = false;
	expect_sentence(&office, EARLYOOM,
		"earlyoom: 1.2G until it asks the kernel to kill, -52M/s: in 18-40s");
	office.killers[EARLYOOM].kind = KILLER_KUBELET;
	view->act = ACT_EVICT;
	expect_sentence(
		&office, EARLYOOM, "kubelet: 1.2G until it evicts a pod, -52M/s: in 18-40s");
	view->room_kib = 0;
	expect_sentence(&office, EARLYOOM, "kubelet: evicts a pod now");
	view->act = ACT_TERM;
	expect_sentence(&office, EARLYOOM, "kubelet: kills now");
	crowd_free(&office.crowd);
}

static void the_sentence_says_how_long_it_stalls(void)
{
	struct office office;
	struct killer_view *view = &office.views[OOMD];

	begin(&office);
	expect_sentence(&office, OOMD, "systemd-oomd: user.slice stalls 12% of 60%");
	view->least_s = 25;
	expect_sentence(
		&office, OOMD, "systemd-oomd: user.slice stalls 12% of 60%, not within 25s");
	view->pressure_centi = 6000; /* it must be above the limit */
	view->least_s = 0;
	expect_sentence(&office, OOMD, "systemd-oomd: user.slice stalls 60% of 60%");
	view->pressure_centi = 6400;
	expect_sentence(&office, OOMD, "systemd-oomd: user.slice stalls 64% (limit 60%)");
	view->held_ms = 18000;
	view->duration_ms = 30000;
	expect_sentence(
		&office, OOMD, "systemd-oomd: user.slice stalls 64% (limit 60%), kills in 12s");
	view->worth = WORTH_LOWER_BOUND;
	expect_sentence(
		&office, OOMD, "systemd-oomd: user.slice stalls 64% (limit 60%), kills within 12s");
	view->held_ms = 31000;
	expect_sentence(
		&office, OOMD, "systemd-oomd: user.slice stalls 64% (limit 60%), kills now");
	view->watched = NO_MEMCG;
	expect_sentence(&office, OOMD, "systemd-oomd: machine stalls 64% (limit 60%), kills now");
	crowd_free(&office.crowd);
}

/* Of room and pressure the nearer one is told. */
static void the_nearer_trigger_is_told(void)
{
	struct office office;
	struct killer_view *view = &office.views[OOMD];

	begin(&office);
	view->room_kib = GIB;
	view->room_percent = 81;
	expect_sentence(&office, OOMD, "systemd-oomd: user.slice stalls 12% of 60%");
	view->room_percent = 80;
	expect_sentence(
		&office, OOMD, "systemd-oomd: 1.0G until it acts, its change is not known yet");
	view->never = true;
	expect_sentence(&office, OOMD, "systemd-oomd: user.slice stalls 12% of 60%");
	view->pressure_centi = VALUE_UNKNOWN;
	snprintf(view->why_never, sizeof(view->why_never), "there is no swap");
	expect_sentence(&office, OOMD, "systemd-oomd: cannot act: there is no swap");
	*view = blank_view();
	snprintf(view->worth_why, sizeof(view->worth_why), "its rules could not be read");
	expect_sentence(
		&office, OOMD, "systemd-oomd: cannot be foretold: its rules could not be read");
	crowd_free(&office.crowd);
}

static void next_names_the_killers_victim(void)
{
	struct office office;
	struct killer_view *view = &office.views[EARLYOOM];

	begin(&office);
	expect_int("the kernel takes chrome", office.crowd.oom.victim, CHROME);
	expect_next(
		&office, EARLYOOM, "earlyoom sends SIGTERM to java 23283; the kernel: chrome 4102");
	view->order = KILLER_BEFORE_KERNEL;
	expect_next(&office, EARLYOOM,
		"earlyoom sends SIGTERM to java 23283, before the kernel (chrome 4102)");
	view->act = ACT_KILL;
	expect_next(
		&office, EARLYOOM, "earlyoom kills java 23283, before the kernel (chrome 4102)");
	view->act = ACT_KERNEL;
	view->victim = CHROME;
	snprintf(view->reason, sizeof(view->reason), "--kernel-oom");
	expect_next(&office, EARLYOOM,
		"earlyoom asks the kernel to kill: chrome 4102, before the kernel");
	view->act = ACT_TERM;
	expect_next(&office, EARLYOOM,
		"earlyoom sends SIGTERM to chrome 4102, before the kernel: --kernel-oom");
	snprintf(view->reason, sizeof(view->reason), "%90s", "long");
	expect_next(&office, EARLYOOM, "earlyoom sends SIGTERM to chrome 4102, before the kernel");
	office.crowd.oom.victim = NO_TASK;
	office.crowd.oom.outcome = OUTCOME_PANIC;
	view->act = ACT_KILL;
	expect_next(&office, EARLYOOM,
		"earlyoom kills chrome 4102, before the kernel; the kernel would panic");
	crowd_free(&office.crowd);
}

static void next_names_the_cgroup_that_dies_whole(void)
{
	struct office office;
	struct killer_view *view = &office.views[OOMD];

	begin(&office);
	view->order = KILLER_BEFORE_KERNEL;
	/* The kernel's victim is in it: they agree. */
	expect_next(&office, OOMD,
		"systemd-oomd kills app-x.scope, 41 processes, 3.0G, before the kernel");
	view->n_victims = 1;
	view->gives_back_kib = VALUE_UNKNOWN;
	expect_next(&office, OOMD, "systemd-oomd kills app-x.scope, 1 process, before the kernel");
	office.crowd.tasks[CHROME].memcg = USERS;
	expect_next(
		&office, OOMD, "systemd-oomd kills app-x.scope, before the kernel (chrome 4102)");
	crowd_free(&office.crowd);
}

static void who_takes_nobody_says_so(void)
{
	struct office office;
	struct killer_view *view = &office.views[EARLYOOM];

	begin(&office);
	view->victim = NO_TASK;
	snprintf(view->nobody_why, sizeof(view->nobody_why), "--dryrun");
	expect_next(&office, EARLYOOM, "earlyoom takes nobody: --dryrun; the kernel: chrome 4102");
	snprintf(view->nobody_why, sizeof(view->nobody_why), "%60s", "long");
	expect_next(&office, EARLYOOM, "earlyoom takes nobody; the kernel: chrome 4102");
	view->act = ACT_EVICT;
	office.killers[EARLYOOM].kind = KILLER_KUBELET;
	view->order = KILLER_BEFORE_KERNEL;
	expect_next(&office, EARLYOOM, "kubelet evicts a pod, before the kernel (chrome 4102)");
	crowd_free(&office.crowd);
}

static void a_partial_view_says_so_first(void)
{
	struct office office;

	begin(&office);
	office.crowd.now.partial = PARTIAL_HIDEPID;
	expect_next(&office, EARLYOOM,
		"of the processes visible here: earlyoom sends SIGTERM to java 23283");
	crowd_free(&office.crowd);
}

static void expect_first(struct office *office, const char *label, uint32_t want)
{
	expect_int(label, verdict_killer_first(&office->crowd.now, office->views, &office->risk),
		want);
}

static void the_machines_next_is_the_killer_that_comes_before_the_kernel(void)
{
	struct office office;

	begin(&office);
	office.risk.where = (struct scope)SCOPE_OF_SYSTEM;
	office.views[EARLYOOM].order = KILLER_BEFORE_KERNEL;
	expect_first(&office, "nothing is wrong", NO_KILLER);
	office.risk.level = LEVEL_WARN;
	expect_first(&office, "before the kernel", EARLYOOM);
	office.views[EARLYOOM].order = KILLER_AFTER_KERNEL;
	expect_first(&office, "after it", NO_KILLER);
	office.views[EARLYOOM].order = ORDER_UNTOLD;
	expect_first(&office, "untold", NO_KILLER);
	office.views[EARLYOOM].order = office.views[OOMD].order = KILLER_BEFORE_KERNEL;
	expect_first(&office, "nearest: 9 percent before 80", EARLYOOM);
	office.views[OOMD].forecast_s = 30;
	expect_first(&office, "foretold first", OOMD);
	office.views[OOMD].victim_memcg = NO_MEMCG;
	expect_first(&office, "takes nobody", EARLYOOM);
	expect_int("none judged", verdict_killer_first(&office.crowd.now, NULL, &office.risk),
		NO_KILLER);
	office.risk.where = (struct scope){ .kind = SCOPE_MEMCG, .memcg = APP };
	expect_first(&office, "of a cgroup it is the kernel", NO_KILLER);

	choose_killer(&office, OOMD);
	office.views[OOMD].order = ORDER_UNTOLD;
	expect_first(&office, "its own risk", OOMD);
	office.views[OOMD].order = KILLER_AFTER_KERNEL;
	expect_first(&office, "the kernel comes before it", NO_KILLER);
	office.risk.where.killer = 7;
	expect_first(&office, "no such one", NO_KILLER);
	crowd_free(&office.crowd);
}

static void expect_order(struct office *office, const char *label, const char *want)
{
	uint32_t order[KILLERS_MAX];
	const unsigned count = verdict_killers(&office->crowd.now, office->views, order);
	char got[KILLERS_MAX + 1] = "";

	for (unsigned i = 0; i < count; i++)
		snprintf(got + i, 2, "%u", (unsigned)order[i]);
	expect_text(label, got, want);
}

static void the_nearest_is_the_first(void)
{
	struct office office;

	begin(&office);
	add_killer(&office, KILLER_KUBELET); /* nothing is known of it */
	add_killer(&office, KILLER_NOHANG);
	office.views[3].never = true;
	expect_order(&office, "known, never, unknown", "0132");
	office.views[OOMD].pressure_centi = 5500;
	expect_order(&office, "8 percent before 9", "1032");
	office.views[OOMD].pressure_centi = 5400; /* 10 left */
	expect_order(&office, "9 percent before 10", "0132");
	office.views[EARLYOOM].room_kib = 0;
	office.views[EARLYOOM].room_percent = VALUE_UNKNOWN;
	office.views[OOMD].pressure_centi = INT64_MAX;
	expect_order(&office, "both act now: as they come", "0132");
	office.views[OOMD].forecast_s = 5;
	expect_order(&office, "foretold", "1032");
	office.views[3].level = LEVEL_WARN;
	expect_order(&office, "level before all", "3102");
	for (int i = 4; i < KILLERS_MAX; i++)
		add_killer(&office, KILLER_OOMD);
	expect_int("as many as there can be", office.crowd.now.n_killers, KILLERS_MAX);
	expect_order(&office, "all of them", "31024567");
	crowd_free(&office.crowd);
}

extern CU_TestInfo verdict_killer_tests[];
CU_TestInfo verdict_killer_tests[] = {
	{ "the sentence says what is left until it acts",
		the_sentence_says_what_is_left_until_it_acts },
	{ "the sentence says how long it stalls", the_sentence_says_how_long_it_stalls },
	{ "the nearer trigger is told", the_nearer_trigger_is_told },
	{ "NEXT names the killer's victim", next_names_the_killers_victim },
	{ "NEXT names the cgroup that dies whole", next_names_the_cgroup_that_dies_whole },
	{ "who takes nobody says so", who_takes_nobody_says_so },
	{ "a partial view says so first", a_partial_view_says_so_first },
	{ "the machine's NEXT is the killer that comes before the kernel",
		the_machines_next_is_the_killer_that_comes_before_the_kernel },
	{ "the nearest is the first", the_nearest_is_the_first },
	CU_TEST_INFO_NULL,
};
