/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/explain_out.h"
#include "base/units.h"

/** Lines of an incident are no wider. */
#define COLS 80
/** Where the words begin, behind their label. */
#define LABEL_COLS 10
/** Processes that are named. */
#define LARGEST 5

/* Print words behind a label, in lines of at most COLS cells. */
static void put(const char *label, const char *words)
{
	const size_t room = COLS - LABEL_COLS;

	printf("%-*s", LABEL_COLS, label);
	for (;;) {
		size_t len = text_fit(words, room);

		if (words[len] != '\0') {
			size_t blank = len;

			while (blank > 0 && words[blank] != ' ')
				blank--;
			len = blank > 0 ? blank : len;
		}
		printf("%.*s\n", (int)len, words);
		words += len;
		words += strspn(words, " ");
		if (*words == '\0')
			return;
		printf("%-*s", LABEL_COLS, "");
	}
}

static void add_clean(struct text *text, const char *string)
{
	text_add_clean(text, string, strlen(string));
}

static void add_name(struct text *text, const char *comm, int64_t pid)
{
	add_clean(text, comm[0] ? comm : "?");
	if (value_known(pid))
		text_fmt(text, " (PID %" PRId64 ")", pid);
}

static void put_when(const struct oom_report *report)
{
	char buf[512];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	explain_when(report->time, report->host, report->uptime_us, &text);
	put("Time", text.len > 0 ? buf : "not in the log");
}

static void put_kernel(const struct explained *explained)
{
	char buf[512];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (explained->report->kernel_release)
		add_clean(&text, explained->report->kernel_release);
	else
		text_fmt(&text, "not named; %s", explained->kernel_by);
	put("Kernel", buf);
}

static void put_cause(const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	char buf[1024];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, explain_cause_words(explained->cause));
	if (report->memcg && explained->cause == CAUSE_MEMCG_LIMIT) {
		text_add(&text, ": ");
		add_clean(&text, report->memcg);
		text_add(&text, ", ");
		units_kib(&text, report->memory.usage_kib);
		text_add(&text, " of ");
		units_kib(&text, report->memory.limit_kib);
	}
	put("Cause", buf);
}

static void put_request(const struct oom_report *report)
{
	char buf[1024];
	struct text text;

	if (!value_known(report->gfp_mask) || report->order < 0)
		return;
	text_init(&text, buf, sizeof(buf));
	add_name(&text, report->invoker.comm, report->invoker.pid);
	text_fmt(&text, ", order %" PRId64 ", ", report->order);
	explain_gfp(report, &text);
	text_fmt(&text, " (0x%" PRIx64 ")", (uint64_t)report->gfp_mask);
	put("Asked by", buf);
}

static void put_victim(const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	char buf[1024];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (report->n_victims == 0) {
		text_add(&text, report->no_victim ? "nobody could be killed" : "not in the log");
		if (report->panic) {
			text_add(&text, "; panic: ");
			add_clean(&text, report->panic);
		}
	} else {
		const struct report_victim *victim = &report->victims[0];

		add_name(&text, victim->comm, victim->pid);
		text_add(&text, ", UID ");
		if (value_known(victim->uid))
			text_fmt(&text, "%" PRId64, victim->uid);
		else
			text_add(&text, "?");
		text_add(&text, ", ");
		units_kib(&text, victim->anon_rss_kib);
		text_add(&text, " private");
		if (report->n_victims > 1)
			text_fmt(&text, "; %" PRIu32 " more died with it%s", report->n_victims - 1,
				report->group_kill ? " (memory.oom.group)" : "");
	}
	put("Killed", buf);
}

static void add_part(
	struct text *text, const struct explained *explained, const char *name, int64_t pages)
{
	if (!value_known(pages))
		return;
	text_fmt(text, ", %s ", name);
	units_kib(text, explain_kib(explained->report, pages));
}

static void put_memory(const struct explained *explained)
{
	const struct explained_memory *memory = &explained->memory;
	char buf[1024];
	struct text text;

	if (!value_known(memory->anon))
		return;
	text_init(&text, buf, sizeof(buf));
	text_add(&text, "RAM ");
	units_kib(&text, explain_kib(explained->report, memory->total));
	text_add(&text, ": private ");
	units_kib(&text, explain_kib(explained->report, memory->anon));
	add_part(&text, explained, "tmpfs/shared", memory->shmem);
	add_part(&text, explained, "cache", memory->cache);
	add_part(&text, explained, "page tables", memory->page_tables);
	add_part(&text, explained, "slab", memory->slab_unreclaimable);
	add_part(&text, explained, "huge pages", memory->hugetlb);
	add_part(&text, explained, "unaccounted", memory->unaccounted);
	add_part(&text, explained, "free", memory->free);
	if (explained->report->swap_total_kib == 0) {
		text_add(&text, "; no swap");
	} else if (value_known(explained->report->swap_total_kib)) {
		text_add(&text, "; swap ");
		units_kib(&text, explained->report->swap_total_kib);
		text_add(&text, ", free ");
		units_kib(&text, explained->report->swap_free_kib);
	}
	put("Memory", buf);
}

static void put_largest(const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	char buf[1024];
	struct text text;

	if (report->n_tasks == 0)
		return;
	text_init(&text, buf, sizeof(buf));
	for (uint32_t i = 0; i < report->n_tasks && i < LARGEST; i++) {
		const uint32_t row = explained->order[i];

		text_add(&text, i > 0 ? ", " : "");
		add_name(&text, report->tasks[row].comm, report->tasks[row].pid);
		text_add(&text, " ");
		units_kib(&text, explain_kib(report, explain_row_memory(explained, row)));
		if (value_or(report->tasks[row].oom_score_adj, 0) != 0)
			text_fmt(&text, " adj %" PRId64, report->tasks[row].oom_score_adj);
	}
	put("By rank", buf);
}

static void put_spared(const struct explained *explained)
{
	const struct explained_spared *spared = &explained->spared;
	char buf[512];
	struct text text;

	if (!spared->known || spared->instead == EXPLAIN_NO_ROW)
		return;
	text_init(&text, buf, sizeof(buf));
	if (spared->possible) {
		const struct report_task *task = &explained->report->tasks[spared->instead];

		text_fmt(&text, "oom_score_adj %" PRId32 " or less; then first: ", spared->adj);
		if (spared->who_known)
			add_name(&text, task->comm, task->pid);
		else
			text_add(&text, "another one");
	} else {
		text_add(&text, "oom_score_adj -1000 alone");
	}
	put("Spared by", buf);
}

static void put_check(const struct explained *explained)
{
	static const char *const answers[] = {
		[ANSWER_UNKNOWN] = "the choice cannot be checked: ",
		[ANSWER_YES] = "the kernel's rule gives the same process: ",
		[ANSWER_NO] = "the kernel's rule gives another process: ",
	};
	char buf[512];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, answers[explained->choice.agrees]);
	text_add(&text, explained->choice.why);
	put("Check", buf);
}

static void write_report(const char *file, const struct explained *explained, struct arena *arena)
{
	(void)file;
	(void)arena;
	put("OOM", explained->n_sentences > 0 ? explained->sentences[0] : "");
	put_when(explained->report);
	put_kernel(explained);
	put_cause(explained);
	put_request(explained->report);
	put_victim(explained);
	put_memory(explained);
	put_largest(explained);
	put_spared(explained);
	put_check(explained);
	putchar('\n');
}

static void write_kill(const char *file, const struct killer_event *event)
{
	char words[1024], when[512];
	struct text text;

	(void)file;
	text_init(&text, words, sizeof(words));
	explain_kill_words(event, &text);
	put("Killer", words);
	text_init(&text, when, sizeof(when));
	explain_when(event->time, event->host, event->uptime_us, &text);
	put("Time", text.len > 0 ? when : "not in the log");
	putchar('\n');
}

const struct explain_form explain_form_brief = { write_report, write_kill };
