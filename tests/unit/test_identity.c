/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/identity_procps.h"
#include "unit.h"

/* Of the world that the fake reader reads; the PID says what happens. */
#define PID_GONE 13
#define PID_NO_CMDLINE 14
#define PID_NO_ARGUMENTS 15
#define PID_SPOILS_BATCH 16
#define PID_HANGS 1000 /* and above: until the test lets go */
#define PID_MANY 100000

#define DEADLINE_MS 10000

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool let_go;
	bool open_fails;
	int opened, closed, hanging, cmdlines_read, largest_batch;
	bool signals_blocked;
} world = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void world_reset(void)
{
	pthread_mutex_lock(&world.lock);
	world.let_go = world.open_fails = false;
	world.opened = world.closed = world.hanging = 0;
	world.cmdlines_read = world.largest_batch = 0;
	world.signals_blocked = true;
	pthread_mutex_unlock(&world.lock);
}

static int world_get(const int *member)
{
	int value;

	pthread_mutex_lock(&world.lock);
	value = *member;
	pthread_mutex_unlock(&world.lock);
	return value;
}

static void let_go(void)
{
	pthread_mutex_lock(&world.lock);
	world.let_go = true;
	pthread_cond_broadcast(&world.changed);
	pthread_mutex_unlock(&world.lock);
}

static void hang_again(void)
{
	pthread_mutex_lock(&world.lock);
	world.let_go = false;
	pthread_mutex_unlock(&world.lock);
}

static int fake_open(void **ret_handle)
{
	sigset_t blocked;
	void *handle;
	int error = 0;

	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	pthread_mutex_lock(&world.lock);
	world.signals_blocked &= sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGWINCH);
	if (world.open_fails)
		error = -ENOMEM;
	else
		world.opened++;
	pthread_mutex_unlock(&world.lock);
	if (error)
		return error;
	handle = malloc(1); /* so that a leak is seen */
	*ret_handle = handle;
	return handle ? 0 : -ENOMEM;
}

static void fake_close(void *handle)
{
	free(handle);
	pthread_mutex_lock(&world.lock);
	world.closed++;
	pthread_mutex_unlock(&world.lock);
}

static int fake_users(void *handle, struct identity_question *questions, uint32_t count)
{
	(void)handle;
	for (uint32_t i = 0; i < count; i++) {
		if (questions[i].pid == PID_SPOILS_BATCH)
			return -ENOMEM;
	}
	for (uint32_t i = 0; i < count; i++) {
		questions[i].gone = questions[i].pid == PID_GONE;
		questions[i].has_user = !questions[i].gone;
		questions[i].uid = (uint32_t)questions[i].pid + 7;
		if (!questions[i].gone)
			snprintf(questions[i].user, sizeof(questions[i].user), "user%d",
				questions[i].pid);
	}
	pthread_mutex_lock(&world.lock);
	if ((int)count > world.largest_batch)
		world.largest_batch = (int)count;
	pthread_mutex_unlock(&world.lock);
	return 0;
}

static void hang(void)
{
	pthread_mutex_lock(&world.lock);
	world.hanging++;
	while (!world.let_go)
		pthread_cond_wait(&world.changed, &world.lock);
	world.hanging--;
	pthread_mutex_unlock(&world.lock);
}

static int fake_cmdline(
	void *handle, const struct identity_question *question, char *buf, size_t size)
{
	(void)handle;
	pthread_mutex_lock(&world.lock);
	world.cmdlines_read++;
	pthread_mutex_unlock(&world.lock);
	if (question->pid >= PID_HANGS && question->pid < PID_MANY)
		hang();
	if (question->pid == PID_NO_CMDLINE)
		return -ESRCH;
	if (question->pid == PID_NO_ARGUMENTS)
		buf[0] = '\0';
	else
		snprintf(buf, size, "command %d", question->pid);
	return 0;
}

static const struct identity_reader fake = {
	.open = fake_open,
	.close = fake_close,
	.users = fake_users,
	.cmdline = fake_cmdline,
};

static void nap(void)
{
	const struct timespec millisecond = { .tv_nsec = 1000000 };

	nanosleep(&millisecond, NULL);
}

/* Take the next answer; false when none came before the deadline. */
static bool take(struct identity_service *service, struct identity_answer *ret)
{
	for (int i = 0; i < DEADLINE_MS; i++) {
		if (identity_take(service, ret))
			return true;
		nap();
	}
	return false;
}

static bool wait_for(const int *member, int want)
{
	for (int i = 0; i < DEADLINE_MS; i++) {
		if (world_get(member) == want)
			return true;
		nap();
	}
	return false;
}

static struct identity_service *start(bool cmdlines)
{
	struct identity_service *service = NULL;

	world_reset();
	expect_int("start", identity_start_with(&fake, cmdlines, &service), 0);
	return service;
}

/* All threads of the fake world must end, and none may be left for the next test. */
static void stop(struct identity_service *service)
{
	identity_stop(service);
	let_go();
	expect_true("all threads ended", wait_for(&world.closed, world_get(&world.opened)));
}

static void expect_answer(
	struct identity_service *service, int32_t pid, const char *user, const char *cmdline)
{
	struct identity_answer answer;
	char label[32];

	snprintf(label, sizeof(label), "pid %d", pid);
	if (!expect_true(label, take(service, &answer)))
		return;
	expect_int(label, answer.pid, pid);
	expect_int(label, answer.start_ticks, pid * 10);
	expect_int(label, answer.has_user, user != NULL);
	expect_text(label, answer.user, user ? user : "");
	expect_int(label, answer.has_cmdline, cmdline != NULL);
	expect_text(label, answer.cmdline, cmdline ? cmdline : "");
	expect_true(label, !answer.blocked);
}

static void ask(struct identity_service *service, int32_t pid)
{
	expect_true("asked", identity_ask(service, pid, (uint64_t)pid * 10));
}

static void users_come_first_and_command_lines_follow(void)
{
	struct identity_service *service = start(true);
	struct identity_answer answer;

	ask(service, 1);
	expect_answer(service, 1, "user1", NULL);
	expect_answer(service, 1, "user1", "command 1");
	ask(service, PID_GONE);
	expect_answer(service, PID_GONE, NULL, NULL);
	ask(service, PID_NO_CMDLINE);
	expect_answer(service, PID_NO_CMDLINE, "user14", NULL);
	expect_answer(service, PID_NO_CMDLINE, "user14", NULL);
	ask(service, PID_NO_ARGUMENTS);
	expect_answer(service, PID_NO_ARGUMENTS, "user15", NULL);
	expect_answer(service, PID_NO_ARGUMENTS, "user15", "");
	for (int i = 0; i < DEADLINE_MS && identity_pending(service) > 0; i++)
		nap();
	expect_int("pending", identity_pending(service), 0);
	expect_true("no more answers", !identity_take(service, &answer));
	expect_true("signals blocked", world.signals_blocked);
	stop(service);
}

static void command_lines_are_not_read_unless_wanted(void)
{
	struct identity_service *service = start(false);

	ask(service, 1);
	ask(service, 2);
	expect_answer(service, 1, "user1", NULL);
	expect_answer(service, 2, "user2", NULL);
	expect_int("pending", identity_pending(service), 0);
	expect_int("read", world_get(&world.cmdlines_read), 0);
	stop(service);
}

static void one_process_does_not_spoil_its_batch(void)
{
	struct identity_service *service = start(false);

	ask(service, 1);
	expect_answer(service, 1, "user1", NULL);
	for (int32_t pid = PID_SPOILS_BATCH - 1; pid <= PID_SPOILS_BATCH + 1; pid++)
		ask(service, pid);
	expect_answer(service, PID_SPOILS_BATCH - 1, "user15", NULL);
	expect_answer(service, PID_SPOILS_BATCH, NULL, NULL);
	expect_answer(service, PID_SPOILS_BATCH + 1, "user17", NULL);
	stop(service);
}

static void a_reader_that_cannot_be_opened_answers_unknown(void)
{
	struct identity_service *service = start(true);

	pthread_mutex_lock(&world.lock);
	world.open_fails = true;
	pthread_mutex_unlock(&world.lock);
	ask(service, 1);
	expect_answer(service, 1, NULL, NULL);
	expect_answer(service, 1, NULL, NULL);

	pthread_mutex_lock(&world.lock);
	world.open_fails = false;
	pthread_mutex_unlock(&world.lock);
	ask(service, 2);
	expect_answer(service, 2, "user2", NULL);
	expect_answer(service, 2, "user2", "command 2");
	stop(service);
}

/* Ask for a process that hangs, and let the watch see it for so long. */
static void hang_for(struct identity_service *service, int32_t pid, int64_t *now_ms, int64_t ms)
{
	const int hanging = world_get(&world.hanging);
	struct identity_answer answer;

	ask(service, pid);
	expect_true("its user", take(service, &answer));
	expect_true("named though it hangs", answer.has_user && !answer.blocked);
	expect_true("hangs", wait_for(&world.hanging, hanging + 1));
	identity_watch(service, *now_ms);
	*now_ms += ms;
	identity_watch(service, *now_ms);
}

static void expect_blocked(struct identity_service *service, int32_t pid)
{
	struct identity_answer answer;

	if (!expect_true("answered", take(service, &answer)))
		return;
	expect_int("pid", answer.pid, pid);
	expect_true("blocked", answer.blocked && !answer.has_cmdline && answer.has_user);
}

static void a_command_line_is_given_up_after_two_seconds(void)
{
	struct identity_service *service = start(true);
	struct identity_answer answer;
	int64_t now_ms = 5000;

	hang_for(service, PID_HANGS, &now_ms, 1999);
	expect_true("not yet", !identity_take(service, &answer));
	expect_int("pending", identity_pending(service), 1);
	ask(service, 2);
	expect_true("the next one waits", !identity_take(service, &answer));

	now_ms += 1;
	identity_watch(service, now_ms);
	expect_blocked(service, PID_HANGS);
	expect_answer(service, 2, "user2", NULL);
	expect_answer(service, 2, "user2", "command 2");
	expect_int("another thread", world_get(&world.opened), 2);

	let_go(); /* the first one comes back, and must do no harm */
	expect_true("it ended", wait_for(&world.closed, 1));
	expect_true("without an answer", !identity_take(service, &answer));
	ask(service, 3);
	expect_answer(service, 3, "user3", NULL);
	expect_answer(service, 3, "user3", "command 3");
	expect_int("the second thread did it", world_get(&world.opened), 2);
	stop(service);
}

static void time_is_counted_for_each_call_and_may_go_back(void)
{
	struct identity_service *service = start(true);
	struct identity_answer answer;

	/* Each tick sees another call: busy, but never hung. */
	for (int32_t pid = 1; pid <= 5; pid++) {
		ask(service, pid);
		expect_true("user", take(service, &answer));
		expect_true("command line", take(service, &answer) && answer.has_cmdline);
		identity_watch(service, pid * 3000);
	}
	ask(service, PID_HANGS);
	expect_true("user", take(service, &answer));
	expect_true("hangs", wait_for(&world.hanging, 1));
	identity_watch(service, 100000);
	identity_watch(service, 50000);
	identity_watch(service, 101999);
	expect_true("not hung for long", !identity_take(service, &answer));
	identity_watch(service, 102000);
	expect_blocked(service, PID_HANGS);
	stop(service);
}

static void expect_cmdlines_again(struct identity_service *service)
{
	struct identity_answer answer;

	ask(service, 4);
	expect_true("user", take(service, &answer));
	expect_true("command line", take(service, &answer) && answer.has_cmdline);
}

static void at_most_three_threads_are_abandoned(void)
{
	struct identity_service *service = start(true);
	int64_t now_ms = 0;

	for (int32_t i = 0; i < 3; i++) {
		hang_for(service, PID_HANGS + i, &now_ms, 2000);
		expect_blocked(service, PID_HANGS + i);
	}
	/* Users are still answered, command lines are not read any more. */
	for (int32_t pid = 1; pid <= 3; pid++) {
		struct identity_answer answer;

		ask(service, pid);
		expect_true("user", take(service, &answer) && answer.has_user);
		expect_true("not blocked yet", !answer.blocked);
		expect_blocked(service, pid);
		now_ms += 5000;
		identity_watch(service, now_ms);
	}
	expect_int("read", world_get(&world.cmdlines_read), 3);
	expect_int("threads", world_get(&world.opened), 4);

	/* When they have come back, command lines are read again. */
	let_go();
	expect_true("they ended", wait_for(&world.closed, 3));
	expect_cmdlines_again(service);
	stop(service);
}

static void hangs_without_end_are_given_up(void)
{
	struct identity_service *service = start(true);
	struct identity_answer answer;
	int64_t now_ms = 0;

	for (int32_t i = 0; i < 16; i++) {
		hang_for(service, PID_HANGS + i, &now_ms, 2000);
		expect_blocked(service, PID_HANGS + i);
		let_go();
		expect_true("it ended", wait_for(&world.closed, i + 1));
		hang_again();
		now_ms += 1000;
	}
	ask(service, 1);
	expect_true("user", take(service, &answer) && answer.has_user);
	expect_blocked(service, 1);
	stop(service);
}

static void a_full_queue_refuses_and_loses_nothing(void)
{
	struct identity_service *service = start(true);
	struct identity_answer answer;
	uint32_t asked = 0, users = 0, cmdlines = 0;
	int64_t sum = 0;

	/* Nobody takes answers: the thread waits, and the queue fills. */
	while (asked < 20000 && identity_ask(service, PID_MANY + (int32_t)asked, 1))
		asked++;
	expect_true("all places", asked >= 4096);
	expect_true("but no more than that and the answers", asked <= 4096 + 1024);

	while (users + cmdlines < 2 * asked && take(service, &answer)) {
		if (answer.has_cmdline) {
			cmdlines++;
			sum += answer.pid - PID_MANY;
		} else {
			users++;
		}
	}
	expect_int("users", users, asked);
	expect_int("command lines", cmdlines, asked);
	expect_int("each once", sum, (int64_t)asked * (asked - 1) / 2);
	expect_true("whole batches", world_get(&world.largest_batch) <= IDENTITY_BATCH);
	expect_int("pending", identity_pending(service), 0);
	stop(service);
}

static void stopping_does_not_wait_for_a_hung_thread(void)
{
	struct identity_service *service = start(true);
	int64_t now_ms = 0;

	hang_for(service, PID_HANGS, &now_ms, 2000); /* abandoned */
	expect_blocked(service, PID_HANGS);
	hang_for(service, PID_HANGS + 1, &now_ms, 1000); /* hangs, not abandoned yet */
	identity_stop(service);
	expect_int("both still hang", world_get(&world.hanging), 2);
	let_go();
	expect_true("both ended", wait_for(&world.closed, 2));
	identity_stop(NULL);
}

extern CU_TestInfo identity_tests[];

CU_TestInfo identity_tests[] = {
	{ "users come first and command lines follow", users_come_first_and_command_lines_follow },
	{ "command lines are not read unless wanted", command_lines_are_not_read_unless_wanted },
	{ "one process does not spoil its batch", one_process_does_not_spoil_its_batch },
	{ "a reader that cannot be opened answers unknown",
		a_reader_that_cannot_be_opened_answers_unknown },
	{ "a command line is given up after two seconds",
		a_command_line_is_given_up_after_two_seconds },
	{ "time is counted for each call and may go back",
		time_is_counted_for_each_call_and_may_go_back },
	{ "at most three threads are abandoned", at_most_three_threads_are_abandoned },
	{ "hangs without end are given up", hangs_without_end_are_given_up },
	{ "a full queue refuses and loses nothing", a_full_queue_refuses_and_loses_nothing },
	{ "stopping does not wait for a hung thread", stopping_does_not_wait_for_a_hung_thread },
	CU_TEST_INFO_NULL,
};
