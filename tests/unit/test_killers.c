/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "killers_place.h"

static const struct tree_file two_killers[] = {
	PROCESS("10",
		"earlyoom\0-m\0"
		"5"),
	PROCESS("11", "/usr/bin/python3\0nohang\0--monitor\0"),
	PROCESS("12", "python3\0server.py\0"),
	PROCESS("13", "oomd\0"),
	{ 0 },
};

static void killers_are_found_by_their_names(void)
{
	const struct snapshot *now;
	struct place place;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 13, "oomd");
	add(&place, 10, "earlyoom");
	add(&place, 11, "python3");
	add(&place, 12, "python3.11");
	add(&place, 14, "earlyoo");
	add(&place, 15, "earlyoomd");
	add(&place, 16, "earlyoom")->flags = TASK_FLAG_KTHREAD;
	add(&place, 17, "earlyoom")->state = 'Z';
	now = tick(&place);
	expect_int("by comm alone", now->n_killers, 2);
	expect_int("not read yet", now->killers[0].settings, SETTINGS_UNREAD);
	expect_text("why", now->killers[0].settings_why, "its settings are being read");
	now = settled_tick(&place);
	expect_int("all", now->n_killers, 3);
	expect_int("by kind", now->killers[0].pid, 10);
	expect_text("arguments", now->killers[0].settings_why, "earlyoom,-m,5,0");
	expect_int("settings", now->killers[0].settings, SETTINGS_DAEMON);
	expect_int("start", (int64_t)now->killers[0].start_ticks, 500);
	expect_int("oomd", now->killers[1].pid, 13);
	expect_int("nohang", now->killers[2].pid, 11);
	expect_int("loaded once each", world_get(&world.loads), 3);
	place_end(&place);
}

static void only_roots_python_is_looked_into(void)
{
	struct place place;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 11, "python3")->uid = 1000;
	(void)tick(&place);
	expect_int("a user's", settled_tick(&place)->n_killers, 0);
	place.tasks[0].uid = 0;
	(void)tick(&place);
	expect_int("root's", settled_tick(&place)->n_killers, 1);
	place_end(&place);
}

static void what_is_of_a_tick_is_of_each(void)
{
	const struct snapshot *now;
	struct place place;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 10, "earlyoom");
	expect_true("nothing is known", tick(&place)->killers[0].marks == NULL);
	now = settled_tick(&place);
	expect_int("marks", now->killers[0].marks[0], 2);
	expect_text("own", now->killers[0].own, "own");
	expect_int("again", tick(&place)->killers[0].marks[0], 3);
	place_end(&place);
}

static void a_recording_is_read_in_the_tick(void)
{
	const struct snapshot *now;
	struct place place;

	if (!place_begin(&place, two_killers, false))
		return;
	add(&place, 10, "earlyoom");
	add(&place, 11, "python3");
	for (int i = 1; i <= 5; i++) {
		now = tick(&place);
		expect_int("both", now->n_killers, 2);
		expect_text("at once", now->killers[0].settings_why, "earlyoom,-m,5,0");
		expect_int("each time", world_get(&world.loads), 2 * i);
	}
	place_end(&place);
	expect_int("all given back", world_get(&world.unloads), 5);
}

static void settings_are_read_again(void)
{
	static const struct tree_file changed[] = {
		PROCESS("10",
			"earlyoom\0-m\0"
			"7\0"),
		{ 0 },
	};
	const struct snapshot *now;
	struct place place;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 10, "earlyoom");
	(void)tick(&place);
	now = settled_tick(&place); /* after 2 s */
	expect_int("changed", tree_write(place.tree, changed), 0);
	place.now_ms += 28999 - 1000;
	(void)tick(&place);
	expect_int("not yet", world_get(&world.loads), 1);
	(void)tick(&place);
	wait_loads(&place, 2);
	now = tick(&place);
	expect_text("new", now->killers[0].settings_why, "earlyoom,-m,7,0");
	expect_text("kept", place.snapshots[place.tick % 2].killers[0].own, "own");
	(void)tick(&place);
	(void)tick(&place);
	expect_int("the old one is kept for the next reading", world_get(&world.unloads), 0);
	place_end(&place);
	expect_int("all given back", world_get(&world.unloads), 2);
}

static void new_cgroups_are_asked_for_sooner(void)
{
	const struct snapshot *now;
	struct place place;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 13, "oomd");
	place.memcgs[0] = (struct memcg){ .path = "/a", .parent = NO_MEMCG };
	place.memcgs[1] = (struct memcg){ .path = "/b", .parent = NO_MEMCG };
	place.n_memcgs = 1;
	(void)tick(&place);
	now = settled_tick(&place);
	expect_text("one", now->killers[0].settings_why, "oomd,1");
	place.now_ms += 10000;
	(void)tick(&place);
	expect_int("nothing is new", world_get(&world.loads), 1);
	place.memcgs[2] = place.memcgs[1];
	place.memcgs[1] = (struct memcg){ .path = "/a/x", .parent = 0 };
	place.n_memcgs = 3;
	now = tick(&place);
	expect_text("two are new", (const char *)now->killers[0].marks, "0nn");
	(void)tick(&place);
	wait_loads(&place, 2);
	now = tick(&place);
	expect_text("three", now->killers[0].settings_why, "oomd,3");
	expect_text("all are known", (const char *)now->killers[0].marks, "012");
	place.memcgs[0] = place.memcgs[1];
	place.memcgs[1] = place.memcgs[2];
	place.n_memcgs = 2;
	now = tick(&place);
	expect_text("one is gone", (const char *)now->killers[0].marks, "12");
	place.memcgs[1].path = "/c";
	(void)tick(&place);
	for (int i = 0; i < 20; i++)
		nap();
	expect_int("not within 5 s", world_get(&world.loads), 2);
	place.now_ms += 5000;
	(void)tick(&place);
	wait_loads(&place, 3);
	expect_int("then they are", world_get(&world.loads), 3);
	place_end(&place);
}

static void another_process_of_that_pid_is_another_one(void)
{
	const struct snapshot *now;
	struct place place;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 10, "earlyoom")->start_ticks = 499;
	(void)tick(&place);
	now = settled_tick(&place);
	expect_text("gone", now->killers[0].settings_why, "0 gone");
	place.tasks[0].start_ticks = 500;
	now = tick(&place);
	expect_int("one", now->n_killers, 1);
	expect_int("not read yet", now->killers[0].settings, SETTINGS_UNREAD);
	now = settled_tick(&place);
	expect_text("read", now->killers[0].settings_why, "earlyoom,-m,5,0");
	place.n_tasks = 0;
	expect_int("ended", tick(&place)->n_killers, 0);
	(void)tick(&place);
	expect_int("both given back", world_get(&world.unloads), 2);
	place_end(&place);
}

static void what_cannot_be_loaded_is_unread(void)
{
	const struct snapshot *now;
	struct place place;

	if (!place_begin(&place, two_killers, false))
		return;
	world.error = -ENOMEM;
	add(&place, 10, "earlyoom");
	now = tick(&place);
	expect_int("unread", now->killers[0].settings, SETTINGS_UNREAD);
	expect_text("why", now->killers[0].settings_why,
		"its settings could not be read: Cannot allocate memory");
	place_end(&place);
}

static void users_programs_leave_room_for_the_systems(void)
{
	const struct snapshot *now;
	struct place place;
	int found = 0;

	if (!place_begin(&place, two_killers, true))
		return;
	for (int32_t i = 0; i < 20; i++)
		place.who[place.n_tasks].cgroup = "/user.slice/user-1000.slice/session-1.scope",
		add(&place, 100 + i, "earlyoom");
	place.who[place.n_tasks].cgroup = "/system.slice/earlyoom.service";
	add(&place, 200, "earlyoom");
	now = tick(&place);
	expect_int("half of the places, and one", now->n_killers, KILLERS_MAX / 2 + 1);
	for (uint32_t i = 0; i < now->n_killers; i++)
		found += now->killers[i].pid == 200;
	expect_int("the system's", found, 1);
	(void)settled_tick(&place);
	place_end(&place);
}

static void more_than_there_are_places_are_left_out(void)
{
	struct place place;

	if (!place_begin(&place, two_killers, false))
		return;
	for (int32_t i = 0; i < 30; i++)
		add(&place, 100 + i, "oomd");
	for (int32_t i = 0; i < 30; i++)
		add(&place, 200 + i, "python3");
	expect_int("so many", tick(&place)->n_killers, KILLERS_MAX);
	place_end(&place);
}

static void a_hang_is_given_up(void)
{
	const struct snapshot *now;
	struct place place;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 10, "earlyoom");
	set_hang(true);
	now = tick(&place);
	expect_int("listed", now->n_killers, 1);
	for (int i = 0; i < DEADLINE_MS && world_get(&world.hanging) == 0; i++)
		nap();
	(void)tick(&place); /* sees it */
	now = tick(&place);
	expect_text("1 s", now->killers[0].settings_why, "its settings are being read");
	now = tick(&place);
	expect_int("unread", now->killers[0].settings, SETTINGS_UNREAD);
	expect_text("2 s", now->killers[0].settings_why, "reading its command line hangs");
	expect_int("nothing is waited for", killers_pending(place.killers, place.now_ms), false);

	/* Somebody else is read meanwhile. */
	set_hang(false);
	add(&place, 13, "oomd");
	(void)tick(&place);
	now = settled_tick(&place);
	expect_text("read", now->killers[1].settings_why, "oomd,0");
	place.now_ms += 30000;
	(void)tick(&place);
	wait_loads(&place, 4);
	now = tick(&place);
	expect_text("tried again", now->killers[0].settings_why, "earlyoom,-m,5,0");
	place_end(&place);
}

static void threads_that_hang_are_not_waited_for(void)
{
	struct place place;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 10, "earlyoom");
	set_hang(true);
	/* Each 30 s one more hangs, until there are three. */
	for (int i = 0; i < 6; i++) {
		(void)tick(&place);
		for (int j = 0; j < 100 && world_get(&world.hanging) <= i; j++)
			nap();
		(void)tick(&place);
		place.now_ms += 2000;
		(void)tick(&place);
		place.now_ms += 30000;
	}
	expect_int("not more", world_get(&world.hanging), 3);
	expect_text("why", tick(&place)->killers[0].settings_why, "reading its command line hangs");
	place_end(&place);
	set_hang(false);
	/* They free what they have; a sanitizer would tell. */
	for (int i = 0; i < DEADLINE_MS && world_get(&world.unloads) < 3; i++)
		nap();
	expect_int("ended", world_get(&world.unloads), 3);
	for (int i = 0; i < 50; i++)
		nap();
}

static void what_is_captured_is_read_in_the_tick(void)
{
	char path[256], text[64] = "";
	const struct snapshot *now;
	struct place place;
	int fd;

	if (!place_begin(&place, two_killers, true))
		return;
	add(&place, 10, "earlyoom");
	for (int may = 0; may < 2; may++) {
		snprintf(path, sizeof(path), "%s/capture%d", place.tree, may);
		expect_int("folder", mkdir(path, 0700), 0);
		place.root.capture_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		killers_capture_cmdlines(place.killers, may);
		now = tick(&place);
		expect_text("read", now->killers[0].settings_why, "earlyoom,-m,5,0");
		close(place.root.capture_fd);
		place.root.capture_fd = -1;
		snprintf(path, sizeof(path), "%s/capture%d/proc/10/cmdline", place.tree, may);
		fd = open(path, O_RDONLY);
		expect_int("written if it may be", fd >= 0, may);
		if (fd < 0)
			continue;
		expect_int("bytes", read(fd, text, sizeof(text)), 13);
		expect_int("with its NULs",
			memcmp(text,
				"earlyoom\0-m\0"
				"5",
				13),
			0);
		close(fd);
	}
	place_end(&place);
}

static void long_arguments_are_said_to_be_cut(void)
{
	static char args[70000];
	const struct tree_file files[] = {
		{ "proc/10/stat", STAT("10", "500"), 0 },
		{ "proc/10/cmdline", args, sizeof(args) },
		{ 0 },
	};
	const struct snapshot *now;
	struct place place;

	memset(args, 'x', sizeof(args));
	if (!place_begin(&place, files, false))
		return;
	add(&place, 10, "earlyoom");
	now = tick(&place);
	expect_int("cut", now->killers[0].settings_why[0], 'x');
	expect_int("loaded", world_get(&world.loads), 1);
	place_end(&place);
}

extern CU_TestInfo killers_tests[];
CU_TestInfo killers_tests[] = {
	{ "killers are found by their names", killers_are_found_by_their_names },
	{ "only root's python is looked into", only_roots_python_is_looked_into },
	{ "what is of a tick is of each", what_is_of_a_tick_is_of_each },
	{ "a recording is read in the tick", a_recording_is_read_in_the_tick },
	{ "settings are read again", settings_are_read_again },
	{ "new cgroups are asked for sooner", new_cgroups_are_asked_for_sooner },
	{ "another process of that pid is another one",
		another_process_of_that_pid_is_another_one },
	{ "what cannot be loaded is unread", what_cannot_be_loaded_is_unread },
	{ "users' programs leave room for the system's",
		users_programs_leave_room_for_the_systems },
	{ "more than there are places are left out", more_than_there_are_places_are_left_out },
	{ "a hang is given up", a_hang_is_given_up },
	{ "threads that hang are not waited for", threads_that_hang_are_not_waited_for },
	{ "what is captured is read in the tick", what_is_captured_is_read_in_the_tick },
	{ "long arguments are said to be cut", long_arguments_are_said_to_be_cut },
	CU_TEST_INFO_NULL,
};
