/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "reports.h"
#include "unit.h"

#define U VALUE_UNKNOWN
#define LOG "Nov 21 19:57:17 web01 "

/** What one announcement says. */
struct user_case {
	const char *text;
	enum killer_kind kind;
	const char *name;
	int64_t pid;
	const char *comm;
	int64_t uid, score, rss_kib, processes;
	const char *cgroup, *signal, *reason;
};

static const struct user_case cases[] = {
	{ LOG "systemd-oomd[5]: Killed /user.slice/a b.scope due to memory pressure for /user.slice "
	      "being 61.50% > 50.00% for > 20s with reclaim activity\n",
		KILLER_SYSTEMD_OOMD, "systemd-oomd", U, "", U, U, U, U, "/user.slice/a b.scope",
		"SIGKILL",
		"memory pressure for /user.slice being 61.50% > 50.00% for > 20s with reclaim "
		"activity" },
	{ LOG "systemd-oomd[5]: Marked /a.scope for killing due to memory used (9) / total (10) and "
	      "swap used (9) / total (10) being more than 90.00%\n",
		KILLER_SYSTEMD_OOMD, "systemd-oomd", U, "", U, U, U, U, "/a.scope", "SIGKILL",
		"memory used (9) / total (10) and swap used (9) / total (10) being more than "
		"90.00%" },
	{ LOG "systemd[1]: app-x.scope: systemd-oomd killed 41 process(es) in this unit.\n",
		KILLER_SYSTEMD_OOMD, "systemd-oomd", U, "", U, U, U, 41, "app-x.scope", "SIGKILL",
		NULL },
	{ LOG "earlyoom[7]: sending SIGTERM to process 31335 uid 1000 \"chr \"o\": x\": badness "
	      "854, VmRSS 123 MiB\n",
		KILLER_EARLYOOM, "earlyoom", 31335, "chr \"o\": x", 1000, 854, 123 * 1024, U, NULL,
		"SIGTERM", NULL },
	{ "sending SIGKILL to process 5 uid 0 \"java\": oom_score 901, VmRSS 7 MiB, cmdline "
	  "\"java -x\": oom_score 1, VmRSS 1 MiB\"\n",
		KILLER_EARLYOOM, "earlyoom", 5, "java", 0, 901, 7 * 1024, U, NULL, "SIGKILL",
		NULL },
	{ LOG "nohang[9]:   PID: 27275, Name: Web Content, badness: 121\n" LOG
	      "nohang[9]:   Sending SIGTERM to the victim\n",
		KILLER_NOHANG, "nohang", 27275, "Web Content", U, U, U, U, NULL, "SIGTERM", NULL },
	{ "[  99.1] oomd kill: 81.28 80.05 42.78 system.slice/a.service 1000 ruleset:[r] "
	  "detectorgroup:[d] killer:k v2\n",
		KILLER_OOMD, "oomd", U, "", U, U, U, U, "system.slice/a.service", "SIGKILL",
		"ruleset:[r] detectorgroup:[d] killer:k v2" },
	{ LOG "kubelet[3]: I0725 10:42:15.1 12 eviction_manager.go:1] \"Eviction manager: must evict "
	      "pod(s) to reclaim\" resourceName=\"memory\"\n" LOG
	      "kubelet[3]: I0725 10:42:15.2 12 eviction_manager.go:2] \"Eviction manager: pod is "
	      "evicted successfully\" pod=\"ns/web-0\"\n",
		KILLER_KUBELET, "kubelet", U, "", U, U, U, U, "ns/web-0", NULL, NULL },
	{ "lmkd: Kill 'com.x' (123), uid 10001, oom_score_adj 900 to free 4444kB rss\n",
		KILLER_KINDS, "lmkd", 123, "com.x", 10001, U, 4444, U, NULL, "SIGKILL", NULL },
	{ "11-21 19:57:17.123   504   504 I lmkd    : Kill 'com.y' (124), uid 10002, oom_score_adj "
	  "900 to free 5kB rss\n",
		KILLER_KINDS, "lmkd", 124, "com.y", 10002, U, 5, U, NULL, "SIGKILL", NULL },
	{ "[  99.1] lowmemorykiller: Killing '.net' (6924), adj 705,\n", KILLER_KINDS,
		"lowmemorykiller", 6924, ".net", U, U, U, U, NULL, "SIGKILL", NULL },
};

static void killers_announcements_are_read(void)
{
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct user_case *want = &cases[i];
		const struct killer_event *got = &reports.kill[0];
		const char *texts[] = { got->cgroup, got->signal, got->reason };
		const char *wanted[] = { want->cgroup, want->signal, want->reason };

		reports_read(&reports, want->text, strlen(want->text), 0);
		texts[0] = got->cgroup;
		texts[1] = got->signal;
		texts[2] = got->reason;
		expect_int(want->text, reports.n, 0);
		expect_int(want->text, reports.n_kills, 1);
		if (reports.n_kills == 1) {
			expect_int(want->text, got->kind, want->kind);
			expect_text(want->text, got->name, want->name);
			expect_int(want->text, got->victim.pid, want->pid);
			expect_text(want->text, got->victim.comm, want->comm);
			expect_int(want->text, got->uid, want->uid);
			expect_int(want->text, got->score, want->score);
			expect_int(want->text, got->rss_kib, want->rss_kib);
			expect_int(want->text, got->processes, want->processes);
			for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
				expect_text(want->text, texts[k] ? texts[k] : "",
					wanted[k] ? wanted[k] : "");
		}
		reports_free(&reports);
	}
}

static void what_they_say_besides_is_no_kill(void)
{
	static const char *const texts[] = {
		LOG
		"earlyoom[7]: sending SIGTERM when mem avail <= 10.00% and swap free <= 10.00%,\n",
		LOG "earlyoom[7]: low memory! at or below SIGTERM limits: mem 5.00%, swap 0.00%\n",
		LOG "systemd-oomd[5]: Failed to kill a due to lack of rights\n",
		LOG "systemd-oomd[5]: Killed nothing\n",
		LOG "nohang[9]:   PID: 27275, Name: x, badness: 121\n",
		LOG
		"kubelet[3]: \"Eviction manager: must evict pod(s)\" resourceName=\"nodefs\"\n" LOG
		"kubelet[3]: \"Eviction manager: pod is evicted successfully\" pod=\"a/b\"\n",
		LOG "app[3]: oomd kill: 1 2 3 a.slice 5\n",
		"[ 1.0] oomd kill: nothing\n",
		"Kill 'x' (5)\n",
		"they Kill 'x' (5), uid 5, oom_score_adj 900\n",
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		reports_read(&reports, texts[i], strlen(texts[i]), 0);
		expect_int(texts[i], reports.n_kills, 0);
		expect_int(texts[i], reports.n, 0);
		reports_free(&reports);
	}
}

static void an_announcement_has_its_time_and_line(void)
{
	static const char text[] =
		"x\n" LOG "earlyoom[7]: sending SIGTERM to process 5 uid 0 \"a\": badness 1\n";
	static struct reports reports;

	reports_read(&reports, text, strlen(text), 0);
	expect_int("kills", reports.n_kills, 1);
	expect_int("line", reports.kill[0].line, 2);
	expect_text("time", reports.kill[0].time, "Nov 21 19:57:17");
	expect_text("host", reports.kill[0].host, "web01");
	reports_free(&reports);
}

extern CU_TestInfo report_user_tests[];
CU_TestInfo report_user_tests[] = {
	{ "killers' announcements are read", killers_announcements_are_read },
	{ "what they say besides is no kill", what_they_say_besides_is_no_kill },
	{ "an announcement has its time and line", an_announcement_has_its_time_and_line },
	CU_TEST_INFO_NULL,
};
