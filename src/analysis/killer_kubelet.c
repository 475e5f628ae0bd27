/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis/killer_room.h"
#include "analysis/killers_parts.h"
#include "base/units.h"

/* Facts: pkg/kubelet/eviction (helpers.go: thresholdsMet() is strict), runc's cgroup library for
 * the root cgroup, and the documentation of node-pressure eviction. */

/** Digits of a static pod's uid, which is a hash of its manifest; others have a UUID. */
#define HASH_DIGITS 32

/**
 * Capacity less the working set of the root cgroup, which is its usage less inactive_file.
 *
 * The root of v2 has no memory.current: the usage is MemTotal - MemFree.  That of v1 is what
 * mem_cgroup_usage() adds up: file pages and mapped anonymous ones.
 */
static int64_t available_kib(const struct snapshot *now)
{
	const struct meminfo *mem = &now->mem;
	int64_t usage;

	if (!value_known(mem->mem_total_kib) || !value_known(mem->mem_free_kib) ||
		!value_known(mem->inactive_file_kib))
		return VALUE_UNKNOWN;
	usage = mem->mem_total_kib - mem->mem_free_kib;
	if (now->memcg_version == 1)
		usage = value_add(value_add(mem->cached_kib, mem->buffers_kib),
			value_add(mem->swap_cached_kib, mem->anon_kib));
	if (!value_known(usage))
		return VALUE_UNKNOWN;
	return mem->mem_total_kib - value_max(usage - mem->inactive_file_kib, 0);
}

static int64_t threshold_kib(const struct snapshot *now, int64_t kib, int64_t permyriad)
{
	return killer_smaller(kib, killer_share(now->mem.mem_total_kib, permyriad, PERMYRIAD_ALL));
}

/* Strictly below it evicts: at the threshold there is something left. */
static int64_t room_of(int64_t available, int64_t threshold)
{
	return available < threshold ? 0 : available - threshold + 1;
}

/* Below the soft one it waits for the grace period, and then needs nothing more to be used up. */
static int64_t soft_room(
	const struct killer_judging *judging, int64_t available, struct killer_view *view)
{
	const struct kubelet_settings *settings = &judging->killer->kubelet;
	const int64_t soft =
		threshold_kib(judging->in->now, settings->soft_kib, settings->soft_permyriad);
	const int64_t grace_ms = value_or(settings->soft_grace_ms, 0);
	int64_t held_ms;
	bool sure;

	if (!value_known(soft))
		return VALUE_UNKNOWN;
	held_ms = killer_held_ms(judging, "soft", available < soft, &sure);
	if (available >= soft || held_ms >= grace_ms)
		return room_of(available, soft);
	view->least_s = (grace_ms - held_ms) / 1000;
	killer_doubt(view, sure ? WORTH_ASSUMED : WORTH_LOWER_BOUND,
		"below its soft threshold: it evicts when the grace period is over");
	return VALUE_UNKNOWN;
}

static void judge_room(const struct killer_judging *judging, struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	const struct kubelet_settings *settings = &judging->killer->kubelet;
	const int64_t available = available_kib(now);
	const int64_t hard = threshold_kib(now, settings->hard_kib, settings->hard_permyriad);
	int64_t room;

	if (!value_known(available)) {
		killer_doubt(view, WORTH_UNKNOWN, "what /proc/meminfo says is not enough");
		return;
	}
	room = soft_room(judging, available, view);
	if (value_known(hard))
		room = killer_smaller(room, room_of(available, hard));
	if (!value_known(room) && !value_known(view->least_s)) {
		view->never = true;
		snprintf(view->why_never, sizeof(view->why_never),
			"it has no threshold of memory.available");
		return;
	}
	view->room_kib = room;
	view->room_percent = killer_share(room, 100, now->mem.mem_total_kib);
}

static bool ends_with(const char *text, size_t len, const char *end)
{
	const size_t end_len = strlen(end);

	return len >= end_len && memcmp(text + len - end_len, end, end_len) == 0;
}

static bool is_hex(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

/* Whether a uid is a bare hash: "0123…", not "0123…-…" (with systemd "_" for "-"). */
static bool is_static(const char *uid, size_t len)
{
	size_t i = 0;

	while (i < len && is_hex(uid[i]))
		i++;
	return i == len && len == HASH_DIGITS;
}

/**
 * Whether a path is the cgroup of a pod itself: ".../kubepods.slice/kubepods-burstable.slice/
 * kubepods-burstable-podUID.slice", or ".../kubepods/burstable/podUID".
 */
static bool is_pod(const char *path, bool *ret_static)
{
	const char *last = strrchr(path, '/'), *uid;
	size_t len;

	if (!last || !strstr(path, "/kubepods"))
		return false;
	last++;
	len = strlen(last);
	if (strncmp(last, "kubepods-", 9) == 0 && ends_with(last, len, ".slice")) {
		uid = strstr(last, "-pod");
		if (!uid)
			return false;
		uid += 4;
		len = (size_t)(last + len - 6 - uid);
	} else if (strncmp(last, "pod", 3) == 0) {
		uid = last + 3;
		len -= 3;
	} else {
		return false;
	}
	*ret_static = is_static(uid, len);
	return true;
}

/* Pods that may be evicted (static ones are made again at once, and critical ones mostly). */
static uint32_t count_pods(const struct snapshot *now, uint32_t *ret_only)
{
	uint32_t n = 0;

	*ret_only = NO_MEMCG;
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		bool is_static_pod;

		if (!is_pod(now->memcgs[i].path, &is_static_pod) || is_static_pod ||
			now->memcgs[i].n_tasks == 0)
			continue;
		*ret_only = n == 0 ? i : NO_MEMCG;
		n++;
	}
	return n;
}

static void find_victim(const struct snapshot *now, struct killer_view *view)
{
	uint32_t only;
	const uint32_t n = count_pods(now, &only);

	if (n == 0) {
		snprintf(view->nobody_why, sizeof(view->nobody_why), "no pod is seen here");
		return;
	}
	if (n > 1) {
		snprintf(view->nobody_why, sizeof(view->nobody_why),
			"one of %" PRIu32 " pods: requests and priorities are not known here", n);
		snprintf(view->reason, sizeof(view->reason),
			"those that use more than they requested come first, then by priority; it "
			"looks every 10s: a fast fill meets the kernel first");
		killer_doubt(view, WORTH_ASSUMED, "which pod, the node does not know");
		return;
	}
	killer_take_memcg(now, only, view);
	snprintf(view->reason, sizeof(view->reason),
		"the only pod that is not static; it looks every 10s: a fast fill meets the kernel "
		"first");
	killer_doubt(view, WORTH_ASSUMED, "the only pod seen here is taken for its choice");
}

void killer_judge_kubelet(const struct killer_judging *judging, struct killer_view *view)
{
	killer_begin(judging->in->now, judging->killer, view);
	view->act = ACT_EVICT;
	judge_room(judging, view);
	find_victim(judging->in->now, view);
}
