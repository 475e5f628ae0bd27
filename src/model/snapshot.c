/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/snapshot.h"

const char *source_id(enum source_kind source)
{
	static const char *const ids[] = {
		[SOURCE_LIVE] = "live",
		[SOURCE_ROOT] = "root",
		[SOURCE_REPLAY] = "replay",
		[SOURCE_REPORT] = "report",
	};

	return ids[source];
}

const char *source_words(enum source_kind source)
{
	return source == SOURCE_REPORT ? "a report is shown" : "a recording is shown";
}

int64_t snapshot_find(const struct snapshot *snapshot, int32_t pid, uint64_t start_ticks)
{
	uint32_t low = 0, high = snapshot->n_tasks;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		const struct task *task = &snapshot->tasks[middle];

		if (task->pid == pid)
			return task->start_ticks == start_ticks ? (int64_t)middle : -1;
		if (task->pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

int64_t snapshot_bytes(const struct snapshot *snapshot, int64_t pages)
{
	return value_mul(pages, snapshot->page_bytes);
}

int64_t snapshot_kib(const struct snapshot *snapshot, int64_t pages)
{
	const int64_t bytes = snapshot_bytes(snapshot, pages);

	return value_known(bytes) ? bytes / 1024 : VALUE_UNKNOWN;
}
