/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "killer_stage.h"

#define UUID "_1a2b3c4d_0000_1111_2222_333344445555"
#define HASH "0123456789abcdef0123456789abcdef"
#define BURSTABLE "/kubepods.slice/kubepods-burstable.slice"

/* 8 GiB, of which 1 GiB is free and 2 GiB are inactive file pages; v2; nothing but hard 100Mi. */
static void stage_init(struct stage *stage)
{
	stage_begin(stage);
	stage->crowd.now.memcg_version = 2;
	stage->crowd.now.mem.mem_free_kib = GIB;
	stage->crowd.now.mem.inactive_file_kib = 2 * GIB;
	stage->killer = (struct killer){ .kind = KILLER_KUBELET,
		.pid = 900,
		.settings = SETTINGS_DAEMON,
		.kubelet = { .hard_kib = 100 * MIB,
			.hard_permyriad = NO,
			.soft_kib = NO,
			.soft_permyriad = NO,
			.soft_grace_ms = NO } };
}

static const struct killer_view *judge(struct stage *stage)
{
	return stage_judge(stage, killer_judge_kubelet);
}

static uint32_t add_pod(struct stage *stage, const char *path, int32_t pid)
{
	const uint32_t pod = crowd_memcg(&stage->crowd, path, NO_MEMCG);

	crowd_add(&stage->crowd, pid, "app", 65536, 0)->memcg = pod;
	stage->crowd.memcgs[pod].n_tasks = 1;
	return pod;
}

static void the_working_set_counts_and_the_threshold_is_strict(void)
{
	static const struct {
		const char *label;
		int64_t free, inactive, room, percent;
	} cases[] = {
		{ "far", GIB, 2 * GIB, 3 * GIB - 100 * MIB + 1, 36 },
		{ "one above", 1, 100 * MIB, 2, 0 },
		{ "at it", 0, 100 * MIB, 1, 0 },
		{ "below it", 100 * MIB - 1, 0, 0, 0 },
		{ "nothing", 0, 0, 0, 0 },
		{ "unknown", NO, 0, NO, NO },
		{ "unknown, too", 0, NO, NO, NO },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;
		const struct killer_view *view;

		stage_init(&stage);
		stage.crowd.now.mem.mem_free_kib = cases[i].free;
		stage.crowd.now.mem.inactive_file_kib = cases[i].inactive;
		view = judge(&stage);
		expect_int(cases[i].label, view->room_kib, cases[i].room);
		expect_int(cases[i].label, view->room_percent, cases[i].percent);
		expect_int(cases[i].label, view->act, ACT_EVICT);
		expect_int(
			cases[i].label, view->worth == WORTH_UNKNOWN, !value_known(cases[i].room));
	}
}

static void the_root_of_v1_counts_what_is_charged(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.crowd.now.memcg_version = 1;
	stage.crowd.now.mem.cached_kib = 3 * GIB;
	stage.crowd.now.mem.buffers_kib = 4;
	stage.crowd.now.mem.swap_cached_kib = 8;
	stage.crowd.now.mem.anon_kib = GIB;
	/* 8 GiB - (4 GiB and 12 KiB - 2 GiB) */
	expect_int("room", judge(&stage)->room_kib, 6 * GIB - 12 - 100 * MIB + 1);
	stage.crowd.now.mem.inactive_file_kib = 5 * GIB;
	expect_int("not more than there is", judge(&stage)->room_kib, 8 * GIB - 100 * MIB + 1);
	stage.crowd.now.mem.anon_kib = NO;
	expect_int("unknown", judge(&stage)->room_kib, NO);
}

static void a_share_is_of_all_memory(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.killer.kubelet.hard_kib = NO;
	stage.killer.kubelet.hard_permyriad = 1000;
	expect_int("room", judge(&stage)->room_kib, 3 * GIB - 838860 + 1);
}

static void without_a_threshold_it_never_evicts(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.killer.kubelet.hard_kib = NO;
	expect_true("never", judge(&stage)->never);
	expect_text("why", stage.view.why_never, "it has no threshold of memory.available");
	expect_int("room", stage.view.room_kib, NO);
}

static void the_soft_threshold_waits_for_its_grace_period(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.killer.kubelet.soft_kib = GIB;
	stage.killer.kubelet.soft_grace_ms = 90000;
	expect_int("above it", judge(&stage)->room_kib, 2 * GIB + 1);
	expect_int("no timer", stage.view.least_s, NO);

	stage.crowd.now.uptime_ms += 1000;
	stage.crowd.now.mem.inactive_file_kib = 0;
	expect_int("at it", judge(&stage)->room_kib, 1);

	stage.crowd.now.uptime_ms += 1000;
	stage.crowd.now.mem.mem_free_kib = GIB - 1;
	expect_int("below: the hard one is next", judge(&stage)->room_kib, GIB - 1 - 100 * MIB + 1);
	expect_int("the timer starts", stage.view.least_s, 90);
	expect_int("seen from its start", stage.view.worth, WORTH_ASSUMED);

	stage.crowd.now.uptime_ms += 30000;
	judge(&stage);
	expect_int("30 s later", stage.view.least_s, 60);

	stage.crowd.now.uptime_ms += 60000;
	expect_int("over", judge(&stage)->room_kib, 0);
	expect_int("no timer", stage.view.least_s, NO);

	stage.crowd.now.uptime_ms += 1000;
	stage.crowd.now.mem.mem_free_kib = GIB;
	expect_int("above again", judge(&stage)->room_kib, 1);
	stage.crowd.now.uptime_ms += 1000;
	stage.crowd.now.mem.mem_free_kib = GIB - 1;
	judge(&stage);
	expect_int("from the beginning", stage.view.least_s, 90);
}

static void a_soft_threshold_alone_has_a_timer_alone(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.killer.kubelet.hard_kib = NO;
	stage.killer.kubelet.soft_permyriad = 5000;
	stage.killer.kubelet.soft_grace_ms = 10000;
	judge(&stage);
	expect_true("it will act", !stage.view.never);
	expect_int("room", stage.view.room_kib, NO);
	expect_int("timer", stage.view.least_s, 10);
	expect_int("its start was not seen", stage.view.worth, WORTH_LOWER_BOUND);
	stage.killer.kubelet.soft_grace_ms = NO;
	expect_int("without grace", judge(&stage)->room_kib, 0);
}

static void pods_are_found_by_their_cgroups(void)
{
	static const struct {
		const char *path;
		bool is_pod; /* that may be evicted */
	} cases[] = {
		{ BURSTABLE "/kubepods-burstable-pod" UUID ".slice", true },
		{ "/kubepods.slice/kubepods-pod" UUID ".slice", true },
		{ "/kubepods/besteffort/pod1a2b3c4d-0000-1111-2222-333344445555", true },
		{ "/kubepods/pod1a2b3c4d-0000-1111-2222-333344445555", true },
		{ "/kubelet.slice" BURSTABLE "/kubepods-burstable-pod" UUID ".slice", true },
		{ BURSTABLE "/kubepods-burstable-pod" HASH ".slice", false },
		{ "/kubepods/burstable/pod" HASH, false },
		{ "/kubepods/burstable/pod" HASH "0", true },
		{ BURSTABLE, false },
		{ "/kubepods.slice", false },
		{ "/kubepods", false },
		{ BURSTABLE "/kubepods-burstable-pod" UUID ".slice/cri-containerd-12.scope",
			false },
		{ "/kubepods/burstable/pod1/0123", false },
		{ "/user.slice/pod1", false },
		{ "/system.slice/podman.service", false },
		{ "/kubepods.slice/kubepods-pod.slice", true },
		{ "/kubepods.slice/kubepods-.slice", false },
		{ "", false },
		{ "/", false },
		{ "pod", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;
		const struct killer_view *view;

		stage_init(&stage);
		add_pod(&stage, cases[i].path, 10);
		view = judge(&stage);
		expect_int(cases[i].path, view->victim_memcg, cases[i].is_pod ? 0 : NO_MEMCG);
		expect_int(cases[i].path, view->n_victims, cases[i].is_pod);
	}
}

static void only_a_single_pod_is_named(void)
{
	struct stage stage;

	stage_init(&stage);
	judge(&stage);
	expect_text("none", stage.view.nobody_why, "no pod is seen here");

	add_pod(&stage, "/kubepods/burstable/pod" HASH, 10);
	judge(&stage);
	expect_text("a static one", stage.view.nobody_why, "no pod is seen here");

	add_pod(&stage, "/kubepods/burstable/pod1-2", 20);
	judge(&stage);
	expect_int("the only one", stage.view.victim_memcg, 1);
	expect_int("its processes", stage.view.n_victims, 1);
	expect_int("gives back", stage.view.gives_back_kib, 65536 * 4);
	expect_int("worth", stage.view.worth, WORTH_ASSUMED);
	expect_true("slow", strstr(stage.view.reason, "every 10s") != NULL);

	add_pod(&stage, "/kubepods/burstable/pod3-4", 30);
	judge(&stage);
	expect_int("one of two", stage.view.victim_memcg, NO_MEMCG);
	expect_text("why", stage.view.nobody_why,
		"one of 2 pods: requests and priorities are not known here");
	expect_int("nobody is counted", stage.view.n_victims, 0);

	stage.crowd.memcgs[1].n_tasks = 0;
	judge(&stage);
	expect_int("the other is empty", stage.view.victim_memcg, 2);
}

extern CU_TestInfo killer_kubelet_tests[];
CU_TestInfo killer_kubelet_tests[] = {
	{ "the working set counts, and the threshold is strict",
		the_working_set_counts_and_the_threshold_is_strict },
	{ "the root of v1 counts what is charged", the_root_of_v1_counts_what_is_charged },
	{ "a share is of all memory", a_share_is_of_all_memory },
	{ "without a threshold it never evicts", without_a_threshold_it_never_evicts },
	{ "the soft threshold waits for its grace period",
		the_soft_threshold_waits_for_its_grace_period },
	{ "a soft threshold alone has a timer alone", a_soft_threshold_alone_has_a_timer_alone },
	{ "pods are found by their cgroups", pods_are_found_by_their_cgroups },
	{ "only a single pod is named", only_a_single_pod_is_named },
	CU_TEST_INFO_NULL,
};
