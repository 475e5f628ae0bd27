/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes memory in all the ways that the OOM killer counts, in a test guest only.
 *
 *   hog WORD...             one process; it stays until it is killed
 *   hog crowd=SEED WORD...  many different ones, made up from the seed
 *   hog relay=DEVICE        stdin to a device, locked in memory and never killed
 *   hog reuse=PID           forks until a child gets this pid, which stays, with 1 MiB
 *   hog [adj=N] [drop=sys_resource] exec PROGRAM ARGUMENT...   without the capability
 *
 * anon=SIZE shared=SIZE file=SIZE:PATH   touched once; SIZE in MiB, or KiB with k
 * tables=N        page tables: N sparse read mappings of one page each
 * rate=SIZE       then grow by this every second ...
 * stop=SIZE       ... up to this
 * rest=SECONDS    exit after so long
 * threads=N       threads that sleep
 * dead            the first thread exits, another lives on
 * vfork           stays in vfork(), with a sleeping child
 * sharer          another process shares the memory
 * small           no huge pages
 * again           touches its anonymous memory over and over
 * bind=NODE       all of it from that NUMA node
 * adj=N uid=N name=TEXT
 * total=SIZE count=N   of a crowd
 * equal           a crowd of equals: all have total / count
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tricks.h"

#define PAGE 4096
#define KIB_PER_MIB 1024
#define TABLE_SPAN (2L << 20) /* what one page of PTEs maps */
#define STEP_MS 20

struct hog {
	int64_t anon_kib;
	int64_t shared_kib;
	int64_t file_kib;
	int64_t tables;
	int64_t rate_kib_per_s;
	int64_t stop_kib;
	int64_t rest_s;
	int64_t threads;
	int64_t adj;
	int64_t uid;
	int64_t total_kib;
	int64_t count;
	int64_t crowd; /* seed; -1: none */
	int64_t reuse;
	int64_t bind; /* -1: none */
	bool dead;
	bool vfork;
	bool sharer;
	bool small;
	bool again;
	bool equal;
	const char *name;
	const char *relay;
	const char *drop;
	char path[128];
};

void hog_fail(const char *what)
{
	fprintf(stderr, "hog: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t size_kib(const char *word)
{
	char *end;
	const int64_t number = strtoll(word, &end, 10);

	return *end == 'k' ? number : number * KIB_PER_MIB;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- one process ---- */

static char *map(int64_t bytes, int protection, int flags, int fd)
{
	char *area = mmap(NULL, (size_t)bytes, protection, flags, fd, 0);

	if (area == MAP_FAILED)
		hog_fail("mmap");
	return area;
}

static void touch(char *area, int64_t from, int64_t to)
{
	for (int64_t at = from; at < to; at += PAGE)
		*(volatile char *)(area + at) = 1;
}

static char *take_anon(const struct hog *hog, int64_t kib)
{
	char *area = map(kib * 1024, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	if (hog->small)
		madvise(area, (size_t)kib * 1024, MADV_NOHUGEPAGE);
	return area;
}

/* The working set of a program that does not fit. */
static void touch_again(char *area, int64_t bytes)
{
	const struct timespec rest = { .tv_nsec = 1000000 };

	for (int64_t at = 0;; at = (at + 64 * PAGE) % (bytes - 64 * PAGE)) {
		touch(area, at, at + 64 * PAGE);
		nanosleep(&rest, NULL);
	}
}

static void take_shared(int64_t kib)
{
	touch(map(kib * 1024, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1), 0,
		kib * 1024);
}

static void take_file(const struct hog *hog)
{
	const int fd = open(hog->path, O_RDONLY);
	volatile char *area;

	if (fd < 0)
		hog_fail(hog->path);
	area = map(hog->file_kib * 1024, PROT_READ, MAP_SHARED, fd);
	for (int64_t at = 0; at < hog->file_kib * 1024; at += PAGE)
		(void)area[at];
}

/* Reading maps the zero page: page tables without resident memory. */
static void take_tables(int64_t count)
{
	volatile char *area =
		map(count * TABLE_SPAN, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	madvise((void *)(uintptr_t)area, (size_t)(count * TABLE_SPAN), MADV_NOHUGEPAGE);
	for (int64_t i = 0; i < count; i++)
		(void)area[i * TABLE_SPAN];
}

static void *sleep_on(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

static void start_threads(int64_t count)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	for (int64_t i = 0; i < count; i++)
		pthread_create(&thread, &attr, sleep_on, NULL);
}

static void grow(const struct hog *hog)
{
	const int64_t stop = (hog->stop_kib ? hog->stop_kib : 8L * 1024 * KIB_PER_MIB) * 1024;
	char *area = take_anon(hog, stop / 1024);
	const int64_t start_ms = now_ms();
	int64_t taken = 0;

	while (taken < stop) {
		const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
		int64_t want = (now_ms() - start_ms) * hog->rate_kib_per_s * 1024 / 1000;

		want = want < stop ? want : stop;
		touch(area, taken, want);
		taken = want > taken ? (want + PAGE - 1) / PAGE * PAGE : taken;
		nanosleep(&step, NULL);
	}
}

static void set_own(const struct hog *hog)
{
	char text[16];
	const int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	snprintf(text, sizeof(text), "%d", (int)hog->adj);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		hog_fail("oom_score_adj");
	close(fd);
	if (hog->name)
		prctl(PR_SET_NAME, hog->name);
	if (hog->uid > 0 && setuid((uid_t)hog->uid) < 0)
		hog_fail("setuid");
}

/* Everything but resting; ready_fd is closed when all is taken. */
static void take(const struct hog *hog, int ready_fd)
{
	char *area = NULL;

	set_own(hog);
	if (hog->bind >= 0)
		trick_bind(hog->bind);
	if (hog->anon_kib) {
		area = take_anon(hog, hog->anon_kib);
		touch(area, 0, hog->anon_kib * 1024);
	}
	if (hog->shared_kib)
		take_shared(hog->shared_kib);
	if (hog->file_kib)
		take_file(hog);
	if (hog->tables)
		take_tables(hog->tables);
	start_threads(hog->threads + (hog->dead ? 1 : 0));
	if (ready_fd >= 0)
		close(ready_fd);
	if (hog->rate_kib_per_s)
		grow(hog);
	if (hog->again)
		touch_again(area, hog->anon_kib * 1024);
}

static void stay(const struct hog *hog)
{
	if (hog->sharer)
		trick_share_mm();
	if (hog->vfork && vfork() == 0) {
		for (;;)
			pause();
	}
	if (hog->dead)
		syscall(SYS_exit, 0);
	if (hog->rest_s)
		sleep((unsigned)hog->rest_s);
	else
		sleep_on(NULL);
}

/* ---- a crowd ---- */

static uint64_t random_state;

static int64_t random_below(int64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (int64_t)((random_state >> 11) % (uint64_t)limit);
}

static bool one_in(int64_t count)
{
	return random_below(count) == 0;
}

/* A few large ones and many small ones, with every kind of memory and of adj. */
static void make_up(const struct hog *crowd, struct hog *ret)
{
	static const int64_t adjs[] = { -1000, -999, -500, -250, -17, 100, 200, 300, 500, 1000 };
	const int64_t share = crowd->total_kib / crowd->count;
	int64_t kib = share / 4 + random_below(share + share / 2);

	memset(ret, 0, sizeof(*ret));
	ret->bind = -1;
	if (crowd->equal) {
		ret->anon_kib = share;
		ret->small = true;
		return;
	}
	if (one_in(5)) {
		ret->shared_kib = random_below(kib / 2 + 1) + 4;
		kib -= ret->shared_kib;
	}
	if (crowd->file_kib && one_in(4)) {
		ret->file_kib = random_below(crowd->file_kib) + 4;
		memcpy(ret->path, crowd->path, sizeof(ret->path));
	}
	if (one_in(6)) {
		ret->tables = random_below(kib / 4 / 2 + 1) + 1;
		kib -= ret->tables * 4;
	}
	ret->anon_kib = kib > 4 ? kib : 4;
	ret->small = one_in(2);
	ret->threads = one_in(3) ? random_below(6) : 0;
	ret->dead = one_in(8);
	ret->vfork = !ret->dead && one_in(8);
	ret->sharer = one_in(10);
	ret->uid = one_in(2) ? 1000 + random_below(3) : 0;
	if (one_in(4))
		ret->adj = adjs[random_below((int64_t)(sizeof(adjs) / sizeof(adjs[0])))];
}

static void run_crowd(const struct hog *crowd)
{
	int ready[2];
	char byte;

	random_state = (uint64_t)crowd->crowd * 0x9e3779b97f4a7c15u + 1;
	for (int i = 0; i < 8; i++)
		random_below(2);
	if (pipe(ready) < 0)
		hog_fail("pipe");
	for (int64_t i = 0; i < crowd->count; i++) {
		struct hog one;
		char name[16];

		make_up(crowd, &one);
		snprintf(name, sizeof(name), "crowd%d", (int)i);
		one.name = name;
		if (fork() == 0) {
			close(ready[0]);
			take(&one, ready[1]);
			stay(&one);
			_exit(0);
		}
	}
	close(ready[1]);
	while (read(ready[0], &byte, 1) > 0)
		continue;
	while (wait(NULL) > 0)
		continue;
}

/* ---- words ---- */

static const char *value_of(const char *word, const char *key)
{
	const size_t len = strlen(key);

	return strncmp(word, key, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

static bool take_flag(struct hog *hog, const char *word)
{
	if (strcmp(word, "dead") == 0)
		hog->dead = true;
	else if (strcmp(word, "vfork") == 0)
		hog->vfork = true;
	else if (strcmp(word, "sharer") == 0)
		hog->sharer = true;
	else if (strcmp(word, "small") == 0)
		hog->small = true;
	else if (strcmp(word, "again") == 0)
		hog->again = true;
	else if (strcmp(word, "equal") == 0)
		hog->equal = true;
	else
		return false;
	return true;
}

static bool take_text(struct hog *hog, const char *word)
{
	const char *value;

	if ((value = value_of(word, "name"))) {
		hog->name = value;
	} else if ((value = value_of(word, "relay"))) {
		hog->relay = value;
	} else if ((value = value_of(word, "drop"))) {
		hog->drop = value;
	} else if ((value = value_of(word, "file"))) {
		const char *path = strchr(value, ':');

		snprintf(hog->path, sizeof(hog->path), "%s", path ? path + 1 : "");
		if (path && path[-1] == 'k')
			hog->file_kib = strtoll(value, NULL, 10);
		else
			hog->file_kib = strtoll(value, NULL, 10) * KIB_PER_MIB;
	} else {
		return false;
	}
	return true;
}

static bool take_number(struct hog *hog, const char *word)
{
	const struct {
		const char *key;
		int64_t *member;
		bool is_size;
	} numbers[] = {
		{ "anon", &hog->anon_kib, true },
		{ "shared", &hog->shared_kib, true },
		{ "rate", &hog->rate_kib_per_s, true },
		{ "stop", &hog->stop_kib, true },
		{ "total", &hog->total_kib, true },
		{ "tables", &hog->tables, false },
		{ "rest", &hog->rest_s, false },
		{ "threads", &hog->threads, false },
		{ "adj", &hog->adj, false },
		{ "uid", &hog->uid, false },
		{ "count", &hog->count, false },
		{ "crowd", &hog->crowd, false },
		{ "reuse", &hog->reuse, false },
		{ "bind", &hog->bind, false },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *value = value_of(word, numbers[i].key);

		if (!value)
			continue;
		*numbers[i].member =
			numbers[i].is_size ? size_kib(value) : strtoll(value, NULL, 10);
		return true;
	}
	return false;
}

static void run_program(const struct hog *hog, char *words[])
{
	set_own(hog);
	if (hog->drop)
		trick_drop(hog->drop);
	execvp(words[0], words);
	hog_fail(words[0]);
}

int main(int argc, char *argv[])
{
	struct hog hog = { .crowd = -1, .count = 1, .bind = -1 };

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "exec") == 0 && i + 1 < argc)
			run_program(&hog, argv + i + 1);
		if (!take_flag(&hog, argv[i]) && !take_text(&hog, argv[i]) &&
			!take_number(&hog, argv[i])) {
			fprintf(stderr, "hog: what is '%s'?\n", argv[i]);
			return 2;
		}
	}
	if (hog.relay) {
		hog.adj = -1000;
		set_own(&hog);
		trick_relay(hog.relay);
	} else if (hog.reuse) {
		return trick_reuse(hog.reuse);
	} else if (hog.crowd >= 0) {
		hog.name = "crowd";
		run_crowd(&hog);
	} else {
		take(&hog, -1);
		stay(&hog);
	}
	return 0;
}
