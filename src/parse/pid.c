/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/pid.h"

#include <errno.h>

#include "parse/nodes.h"
#include "parse/scan.h"

/* "PID (NAME) ": the name may hold any byte, parentheses and newlines too. */
static bool stat_name(struct scan *scan, struct pid_stat *stat)
{
	struct span skipped;
	struct scan name;
	int64_t pid;

	if (!scan_int(scan, &pid) || pid < 0 || pid > INT32_MAX || !scan_literal(scan, " ("))
		return false;
	name.at = scan->at;
	if (!scan_until(scan, ')', &skipped))
		return false;
	while (scan_until(scan, ')', &skipped))
		continue;

	name.end = scan->at - 1;
	stat->pid = (int32_t)pid;
	span_copy((struct span){ name.at, (size_t)(name.end - name.at) }, stat->comm,
		sizeof(stat->comm));
	return true;
}

static bool skip_words(struct scan *scan, unsigned count)
{
	struct span word;

	for (unsigned i = 0; i < count; i++) {
		if (!scan_word(scan, &word))
			return false;
	}
	return true;
}

static bool stat_state(struct scan *scan, char *ret)
{
	struct span word;

	if (!scan_word(scan, &word) || word.len != 1)
		return false;
	*ret = *word.at;
	return (*ret >= 'A' && *ret <= 'Z') || (*ret >= 'a' && *ret <= 'z');
}

static bool stat_i32(struct scan *scan, int32_t *ret)
{
	int64_t value;

	if (!scan_int(scan, &value))
		return false;
	*ret = (int32_t)value_max(INT32_MIN, value_min(value, INT32_MAX));
	return true;
}

static bool stat_u32(struct scan *scan, uint32_t *ret)
{
	uint64_t value;

	if (!scan_uint(scan, &value))
		return false;
	*ret = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
	return true;
}

static bool stat_bytes(struct scan *scan, int64_t *ret)
{
	uint64_t value;

	if (!scan_uint(scan, &value))
		return false;
	*ret = value > INT64_MAX ? INT64_MAX : (int64_t)value;
	return true;
}

/* Fields 3 to 24. */
static bool stat_fields(struct scan *scan, struct pid_stat *stat)
{
	return stat_state(scan, &stat->state) && stat_i32(scan, &stat->ppid) &&
		skip_words(scan, 4) && stat_u32(scan, &stat->flags) &&
		scan_uint(scan, &stat->minflt) && skip_words(scan, 1) &&
		scan_uint(scan, &stat->majflt) && skip_words(scan, 1) &&
		scan_uint(scan, &stat->utime_ticks) && scan_uint(scan, &stat->stime_ticks) &&
		skip_words(scan, 3) && stat_i32(scan, &stat->nice) &&
		stat_u32(scan, &stat->threads) && skip_words(scan, 1) &&
		scan_uint(scan, &stat->start_ticks) && stat_bytes(scan, &stat->vsize_bytes) &&
		scan_value(scan, SCAN_PAGES_MAX, &stat->rss_pages);
}

int parse_pid_stat(const char *text, size_t len, struct pid_stat *ret)
{
	struct scan scan = scan_of(text, len);
	struct pid_stat stat;

	if (len == 0)
		return -ENODATA;
	if (!stat_name(&scan, &stat) || !stat_fields(&scan, &stat))
		return -EBADMSG;
	if (scan_done(&scan) || (*scan.at != ' ' && *scan.at != '\n'))
		return -EBADMSG;

	*ret = stat;
	return 0;
}

static bool status_value(struct scan *line, const char *unit, int64_t max, int64_t *ret)
{
	int64_t value;

	if (!scan_value(line, max, &value) || !scan_literal(line, unit) || !scan_done(line))
		return false;
	*ret = value;
	return true;
}

static inline bool status_kib(struct scan *line, const char *key, int64_t *ret)
{
	return scan_literal(line, key) && status_value(line, " kB", SCAN_KIB_MAX, ret);
}

static inline bool status_count(struct scan *line, const char *key, int64_t *ret)
{
	return scan_literal(line, key) && status_value(line, "", INT32_MAX, ret);
}

static bool status_vm(struct scan *line, struct pid_status *status)
{
	if (line->end - line->at < 3)
		return false;

	switch (line->at[2]) {
	case 'S':
		return status_kib(line, "VmSize:", &status->vm_size_kib) ||
			status_kib(line, "VmSwap:", &status->vm_swap_kib);
	case 'R':
		return status_kib(line, "VmRSS:", &status->vm_rss_kib);
	case 'P':
		return status_kib(line, "VmPTE:", &status->vm_pte_kib) ||
			status_kib(line, "VmPMD:", &status->vm_pmd_kib);
	default:
		return false;
	}
}

static bool status_uid(struct scan *line, int64_t *ret)
{
	int64_t real, effective;

	if (!scan_literal(line, "Uid:") || !scan_value(line, UINT32_MAX, &real) ||
		!scan_value(line, UINT32_MAX, &effective))
		return false;
	*ret = effective;
	return true;
}

static bool status_cap(struct scan *line, struct pid_status *status)
{
	uint64_t mask;

	if (!scan_literal(line, "CapEff:") || !scan_hex(line, &mask) || !scan_done(line))
		return false;
	status->cap_effective = mask;
	status->cap_known = true;
	return true;
}

static bool status_nodes(struct scan *line, struct pid_status *status)
{
	if (!scan_literal(line, "Mems_allowed_list:\t"))
		return false;
	status->nodes_known =
		parse_node_list(line->at, (size_t)(line->end - line->at), &status->nodes) == 0;
	return status->nodes_known;
}

/* One line; true if it was of interest.  By the first letter, since most are not. */
static bool status_line(struct scan *line, struct pid_status *status)
{
	if (scan_done(line))
		return false;

	switch (*line->at) {
	case 'V':
		return status_vm(line, status);
	case 'R':
		return status_kib(line, "RssAnon:", &status->rss_anon_kib) ||
			status_kib(line, "RssFile:", &status->rss_file_kib) ||
			status_kib(line, "RssShmem:", &status->rss_shmem_kib);
	case 'T':
		return status_count(line, "Tgid:", &status->tgid) ||
			status_count(line, "Threads:", &status->threads);
	case 'U':
		return status_uid(line, &status->uid);
	case 'C':
		return status_cap(line, status);
	case 'M':
		return status_nodes(line, status);
	default:
		return false;
	}
}

int parse_pid_status(const char *text, size_t len, struct pid_status *ret)
{
	struct scan scan = scan_of(text, len), line, mask = { NULL, NULL };
	struct pid_status status = {
		.tgid = VALUE_UNKNOWN,
		.uid = VALUE_UNKNOWN,
		.threads = VALUE_UNKNOWN,
		.vm_size_kib = VALUE_UNKNOWN,
		.vm_rss_kib = VALUE_UNKNOWN,
		.rss_anon_kib = VALUE_UNKNOWN,
		.rss_file_kib = VALUE_UNKNOWN,
		.rss_shmem_kib = VALUE_UNKNOWN,
		.vm_swap_kib = VALUE_UNKNOWN,
		.vm_pte_kib = VALUE_UNKNOWN,
		.vm_pmd_kib = VALUE_UNKNOWN,
	};
	bool any = false;

	if (len == 0)
		return -ENODATA;
	while (!status.nodes_known && scan_whole_line(&scan, &line)) {
		any |= status_line(&line, &status);
		if (scan_literal(&line, "Mems_allowed:\t"))
			mask = line;
	}
	if (!any)
		return -EBADMSG;

	/* The mask stands before the list (cpuset_task_status_allowed() of kernel/cpuset.c), which
	 * says the same in fewer bytes. */
	if (!status.nodes_known && mask.at)
		status.nodes_known =
			parse_node_mask(mask.at, (size_t)(mask.end - mask.at), &status.nodes) == 0;
	*ret = status;
	return 0;
}

int parse_pid_number(const char *text, size_t len, int64_t *ret)
{
	struct scan scan = scan_of(text, len);
	int64_t value;

	if (len == 0)
		return -ENODATA;
	if (!scan_int(&scan, &value))
		return -EBADMSG;
	scan_literal(&scan, "\n");
	if (!scan_done(&scan))
		return -EBADMSG;

	*ret = value;
	return 0;
}

int32_t adj_of_oom_adj(int64_t oom_adj)
{
	if (oom_adj >= 15)
		return 1000;
	if (oom_adj <= -17)
		return -1000;
	return (int32_t)(oom_adj * 1000 / 17);
}

static bool lists(struct span controllers, const char *wanted)
{
	struct scan scan = { controllers.at, controllers.at + controllers.len };
	struct span name;

	while (scan_until(&scan, ',', &name)) {
		if (span_is(name, wanted))
			return true;
	}
	return span_is((struct span){ scan.at, (size_t)(scan.end - scan.at) }, wanted);
}

int parse_pid_cgroup_of(
	const char *text, size_t len, const char *controller, bool *ret_v1, char *buf, size_t size)
{
	struct scan scan = scan_of(text, len), line;
	struct span path = { NULL, 0 };
	bool v1 = false;

	if (len == 0)
		return -ENODATA;
	while (!v1 && scan_whole_line(&scan, &line)) {
		struct span id, controllers;

		if (!scan_until(&line, ':', &id) || !scan_until(&line, ':', &controllers))
			continue;
		v1 = lists(controllers, controller);
		if (v1 || (span_is(id, "0") && controllers.len == 0))
			path = (struct span){ line.at, (size_t)(line.end - line.at) };
	}
	if (!path.at)
		return -ENOENT;
	if (path.len >= size)
		return -ENAMETOOLONG;

	span_copy(path, buf, size);
	*ret_v1 = v1;
	return 0;
}

int parse_pid_cgroup(const char *text, size_t len, char *buf, size_t size)
{
	bool v1;

	return parse_pid_cgroup_of(text, len, "memory", &v1, buf, size);
}

int parse_pid_namespace(const char *text, size_t len, struct pid_namespace *ret)
{
	struct scan scan = scan_of(text, len), line;
	int64_t pid = 0, level = 0;

	do {
		if (!scan_whole_line(&scan, &line))
			return -ENODATA;
	} while (!scan_literal(&line, "NSpid:"));

	/* One number for each namespace, from that of the /proc on inwards. */
	for (; scan_int(&line, &pid); level++) {
		if (pid < 1 || pid > INT32_MAX)
			return -EBADMSG;
	}
	if (level == 0 || !scan_done(&line))
		return -EBADMSG;

	*ret = (struct pid_namespace){ .innermost_pid = pid, .nested = level > 1 };
	return 0;
}

size_t parse_pid_cmdline(const char *text, size_t len, char *buf, size_t size)
{
	size_t used = len < size ? len : size - 1;

	memcpy(buf, text, used);
	for (size_t i = 0; i < used; i++) {
		if (!buf[i] || buf[i] == '\n')
			buf[i] = ' ';
	}
	while (used > 0 && buf[used - 1] == ' ')
		used--;
	buf[used] = '\0';
	return used;
}
