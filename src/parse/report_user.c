/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

/** nohang names its victim within so many lines of the kill. */
#define NOHANG_LINES 100

/** The event of a line; strings go into buffers that live for the call. */
struct said {
	struct killer_event event;
	char time[64];
	char host[64];
	char cgroup[1024];
	char reason[512];
};

static void begin(
	struct said *said, const struct report_line *line, enum killer_kind kind, const char *name)
{
	*said = (struct said){ .event = {
				       .kind = kind,
				       .name = name,
				       .line = line->number,
				       .uptime_us = line->uptime_us,
				       .victim.pid = VALUE_UNKNOWN,
				       .uid = VALUE_UNKNOWN,
				       .processes = VALUE_UNKNOWN,
				       .score = VALUE_UNKNOWN,
				       .rss_kib = VALUE_UNKNOWN,
			       } };
	span_copy(line->time, said->time, sizeof(said->time));
	span_copy(line->host, said->host, sizeof(said->host));
	if (said->time[0])
		said->event.time = said->time;
	if (said->host[0])
		said->event.host = said->host;
}

static void tell(struct report_parser *parser, struct said *said)
{
	if (said->cgroup[0])
		said->event.cgroup = said->cgroup;
	if (said->reason[0])
		said->event.reason = said->reason;
	if (parser->listener->kill)
		parser->listener->kill(&said->event, parser->listener->context);
}

static struct span between(const char *from, const char *end)
{
	return report_trim((struct span){ from, end > from ? (size_t)(end - from) : 0 });
}

static const char *signal_of(struct scan text)
{
	static const char *const signals[] = { "SIGTERM", "SIGKILL" };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (scan_literal(&text, signals[i]))
			return signals[i];
	}
	return NULL;
}

/* "Killed PATH due to REASON", since v252 also "Marked PATH for killing due to REASON" */
static bool read_systemd_oomd(
	struct report_parser *parser, const struct report_line *line, struct scan text)
{
	const struct scan all = text;
	const char *due = report_find(text, " due to "), *end = due;
	struct said said;

	if (!due || (!scan_literal(&text, "Killed /") && !scan_literal(&text, "Marked /")))
		return false;
	if (all.at[0] == 'M') {
		end = report_find(text, " for killing");
		if (!end)
			return false;
	}
	begin(&said, line, KILLER_SYSTEMD_OOMD, "systemd-oomd");
	said.event.signal = "SIGKILL";
	span_copy(between(text.at - 1, end), said.cgroup, sizeof(said.cgroup));
	span_copy(between(due + strlen(" due to "), text.end), said.reason, sizeof(said.reason));
	tell(parser, &said);
	return true;
}

/* systemd's own words for the same: "X.service: systemd-oomd killed 3 process(es) in this unit." */
static bool read_unit_killed(
	struct report_parser *parser, const struct report_line *line, struct scan text)
{
	const char *found = report_find(text, ": systemd-oomd killed ");
	struct said said;

	if (!found || !report_has(text, "process(es) in this unit"))
		return false;
	begin(&said, line, KILLER_SYSTEMD_OOMD, "systemd-oomd");
	said.event.signal = "SIGKILL";
	span_copy(between(text.at, found), said.cgroup, sizeof(said.cgroup));
	report_number(text, "systemd-oomd killed ", &said.event.processes);
	tell(parser, &said);
	return true;
}

/* 'sending SIGTERM to process 12 uid 0 "x": oom_score 801, VmRSS 1234 MiB, cmdline "…"' */
static bool read_earlyoom(
	struct report_parser *parser, const struct report_line *line, struct scan text)
{
	const char *name_end = report_find_last(text, "\": ");
	const char *signal;
	struct said said;
	int64_t pid, mib;

	if (!scan_literal(&text, "sending ") || !(signal = signal_of(text)))
		return false;
	text.at += strlen(signal);
	if (!scan_literal(&text, " to process ") || !scan_int(&text, &pid) || pid < 0)
		return false;
	begin(&said, line, KILLER_EARLYOOM, "earlyoom");
	said.event.signal = signal;
	said.event.victim.pid = pid;
	report_number(text, "uid ", &said.event.uid);
	/* The command line at the end may hold anything, quotes too. */
	if (report_find(text, ", cmdline \""))
		name_end = report_find(text, "\": ");
	if (report_has(text, "\"") && name_end)
		report_comm(between(report_find(text, "\"") + 1, name_end), said.event.victim.comm);
	if (name_end)
		text.at = name_end;
	if (!report_number(text, "oom_score ", &said.event.score))
		report_number(text, "badness ", &said.event.score);
	if (report_number(text, "VmRSS ", &mib) && mib >= 0 && mib < SCAN_KIB_MAX / 1024)
		said.event.rss_kib = mib * 1024;
	tell(parser, &said);
	return true;
}

/* "PID: 12, Name: x, badness: 121", then "Sending SIGTERM to the victim" */
static bool read_nohang(
	struct report_parser *parser, const struct report_line *line, struct scan text)
{
	const char *signal, *sending = report_find(text, "ending SIG");
	struct span comm;
	struct said said;

	if (scan_literal(&text, "PID: ") && report_has(text, ", badness: ") &&
		scan_int(&text, &parser->nohang_victim.pid) &&
		(report_value(text, ", Name: ", ",", &comm) ||
			report_value(text, ", name: ", ",", &comm))) {
		report_comm(comm, parser->nohang_victim.comm);
		parser->victim_line = line->number;
		return true;
	}
	if (!sending || !report_has(text, " to the victim"))
		return false;
	signal = signal_of((struct scan){ sending + strlen("ending "), text.end });
	begin(&said, line, KILLER_NOHANG, "nohang");
	said.event.signal = signal;
	if (parser->victim_line > 0 && line->number - parser->victim_line <= NOHANG_LINES)
		said.event.victim = parser->nohang_victim;
	parser->victim_line = 0;
	tell(parser, &said);
	return true;
}

/* "oomd kill: 81.28 80.05 42.78 PATH 123456 ruleset:[…] detectorgroup:[…] killer:… v2" */
static bool read_oomd(
	struct report_parser *parser, const struct report_line *line, struct scan text)
{
	struct span word, path;
	struct said said;

	if (!scan_literal(&text, "oomd kill: "))
		return false;
	for (unsigned i = 0; i < 3; i++) {
		if (!scan_word(&text, &word))
			return false;
	}
	if (!scan_word(&text, &path))
		return false;
	begin(&said, line, KILLER_OOMD, "oomd");
	said.event.signal = "SIGKILL";
	span_copy(path, said.cgroup, sizeof(said.cgroup));
	if (scan_word(&text, &word))
		span_copy(between(text.at, text.end), said.reason, sizeof(said.reason));
	tell(parser, &said);
	return true;
}

/* The kubelet says what it reclaims, then which pods went. */
static bool read_kubelet(
	struct report_parser *parser, const struct report_line *line, struct scan text)
{
	struct span pod;
	struct said said;

	if (!report_has(text, "viction manager: "))
		return false;
	if (report_has(text, "attempting to reclaim") || report_has(text, "must evict pod")) {
		parser->kubelet_memory = report_has(text, "resourceName=\"memory\"") ||
			report_has(text, "reclaim memory");
		return true;
	}
	if (!parser->kubelet_memory || !report_has(text, "is evicted successfully"))
		return true;
	if (!report_value(text, "pod=\"", "\"", &pod) && !report_value(text, "pod ", " ", &pod))
		return true;
	begin(&said, line, KILLER_KUBELET, "kubelet");
	span_copy(pod, said.cgroup, sizeof(said.cgroup));
	tell(parser, &said);
	return true;
}

/* logcat puts its columns and "lmkd    : " in front. */
static bool skip_to_lmkd(struct scan *text)
{
	const char *kill = report_find(*text, "Kill '");

	if (!kill || !report_has(*text, ", oom_score_adj ") ||
		(kill > text->at && !report_has((struct scan){ text->at, kill }, "lmkd")))
		return false;
	text->at = kill + strlen("Kill '");
	return true;
}

/*
 * "Kill 'x' (12), uid 5, oom_score_adj 900 to free 123kB …" of Android's lmkd, and
 * "lowmemorykiller: Killing 'x' (12), adj 705," of the kernel's own before 4.12
 */
static bool read_android(
	struct report_parser *parser, const struct report_line *line, struct scan text)
{
	const bool in_kernel = scan_literal(&text, "lowmemorykiller: Killing '");
	const char *end;
	struct said said;
	int64_t pid;

	if (!in_kernel && !skip_to_lmkd(&text))
		return false;
	end = report_find(text, "' (");
	if (!end || !report_number((struct scan){ end, text.end }, "' (", &pid))
		return false;
	begin(&said, line, KILLER_KINDS, in_kernel ? "lowmemorykiller" : "lmkd");
	said.event.signal = "SIGKILL";
	said.event.victim.pid = pid;
	report_comm(between(text.at, end), said.event.victim.comm);
	report_number((struct scan){ end, text.end }, ", uid ", &said.event.uid);
	if (report_number((struct scan){ end, text.end }, "to free ", &said.event.rss_kib) &&
		said.event.rss_kib < 0)
		said.event.rss_kib = VALUE_UNKNOWN;
	tell(parser, &said);
	return true;
}

bool report_user(struct report_parser *parser, const struct report_line *line)
{
	const struct span all = report_trim((struct span){ line->text, line->len });
	const struct scan text = scan_of(all.at, all.len);

	if (line->kind != LINE_OTHER || all.len < 16)
		return false;
	/* The words are sure enough where a log has no tags. */
	if (line->kernel)
		return read_oomd(parser, line, text) || read_android(parser, line, text);
	if (span_is(line->tag, "systemd-oomd"))
		return read_systemd_oomd(parser, line, text);
	if (span_is(line->tag, "systemd"))
		return read_unit_killed(parser, line, text);
	if (span_is(line->tag, "earlyoom"))
		return read_earlyoom(parser, line, text);
	if (span_is(line->tag, "kubelet"))
		return read_kubelet(parser, line, text);
	return read_systemd_oomd(parser, line, text) || read_earlyoom(parser, line, text) ||
		read_nohang(parser, line, text) || read_android(parser, line, text) ||
		(line->tag.len == 0 && read_oomd(parser, line, text));
}
