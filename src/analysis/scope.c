/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/scope.h"

#include <string.h>

/** So many hexadecimal digits are a name that nobody gave. */
#define ID_LEAST 12
#define ID_SHOWN 8

bool scope_find(const struct snapshot *now, const struct scope_choice *choice, struct scope *ret)
{
	*ret = (struct scope)SCOPE_OF_SYSTEM;
	if (choice->kind == SCOPE_SYSTEM)
		return true;

	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		if (strncmp(now->memcgs[i].path, choice->path, sizeof(choice->path)) == 0) {
			*ret = (struct scope){ .kind = SCOPE_MEMCG, .memcg = i };
			return true;
		}
	}
	return false;
}

uint32_t scope_memcg_of(const struct snapshot *now, const struct task *task)
{
	return task->memcg < now->n_memcgs ? task->memcg : NO_MEMCG;
}

/* Parents stand before their children: what says otherwise has none. */
static uint32_t parent_of(const struct snapshot *now, uint32_t memcg)
{
	const uint32_t parent = now->memcgs[memcg].parent;

	return parent < memcg ? parent : NO_MEMCG;
}

uint32_t scope_charged_above(const struct snapshot *now, uint32_t memcg)
{
	const uint32_t parent = parent_of(now, memcg);

	return parent == NO_MEMCG || now->memcgs[parent].flat ? NO_MEMCG : parent;
}

bool scope_is_within(const struct snapshot *now, uint32_t memcg, uint32_t above)
{
	if (memcg >= now->n_memcgs)
		return false;
	while (memcg != NO_MEMCG && memcg > above)
		memcg = parent_of(now, memcg);
	return memcg == above;
}

bool scope_contains(const struct snapshot *now, const struct scope *scope, const struct task *task)
{
	const uint32_t memcg = scope_memcg_of(now, task);

	if (scope->kind == SCOPE_SYSTEM)
		return true;
	if (memcg == NO_MEMCG || scope->memcg >= now->n_memcgs)
		return false;
	if (now->memcgs[scope->memcg].flat)
		return memcg == scope->memcg;
	return scope_is_within(now, memcg, scope->memcg);
}

static int64_t page_bytes(const struct snapshot *now)
{
	return value_max(now->page_bytes, 1);
}

/* PAGE_COUNTER_MAX, what "no limit" is to the kernel, is LONG_MAX / PAGE_SIZE: the same. */
static int64_t limit_pages(const struct snapshot *now, int64_t bytes)
{
	return value_max(bytes, 0) / page_bytes(now);
}

/* Where the kernel does not account for swap there is neither file, and no limit either. */
static int64_t or_none(int64_t limit_bytes, int64_t usage_bytes)
{
	return value_known(limit_bytes) || value_known(usage_bytes) ? limit_bytes : MEMCG_UNLIMITED;
}

/* Swap that may be counted, in pages: 0 where the cgroup is not swapped. */
static int64_t swap_pages(const struct snapshot *now, const struct memcg *memcg)
{
	const enum memcg_total rule = now->kernel.memcg_total;
	const int64_t total = now->total_swap_pages;
	const int64_t max = or_none(memcg->swap_max_bytes, memcg->swap_bytes);

	if (total == 0)
		return 0;
	if (memcg->version != 2 || rule < MEMCG_TOTAL_4_6)
		return value_known(total) ? value_max(total, 0) : total;
	if (!value_known(total) || !value_known(max))
		return VALUE_UNKNOWN;
	return value_max(value_min(limit_pages(now, max), total), 0);
}

static int64_t memcg_totalpages(const struct snapshot *now, const struct memcg *memcg)
{
	const enum memcg_total rule = now->kernel.memcg_total;
	const int64_t swappiness = memcg->version == 2 ? now->knobs.swappiness : memcg->swappiness;
	int64_t memsw = MEMCG_UNLIMITED, swap;

	if (!value_known(memcg->max_bytes))
		return VALUE_UNKNOWN;
	if (memcg->version != 2)
		memsw = or_none(memcg->memsw_max_bytes, memcg->memsw_bytes);
	swap = swap_pages(now, memcg);
	if (rule == MEMCG_TOTAL_2_6_36) {
		/* Bytes and pages are added as if they were the same. */
		const int64_t sum = value_add(value_max(memcg->max_bytes, 0), swap);

		if (!value_known(sum) || !value_known(memsw))
			return VALUE_UNKNOWN;
		return value_min(sum, value_max(memsw, 0)) / page_bytes(now);
	}

	if (swap != 0 && rule >= MEMCG_TOTAL_3_7 && !value_known(swappiness))
		return VALUE_UNKNOWN;
	if (rule >= MEMCG_TOTAL_3_7 && swappiness == 0)
		return limit_pages(now, memcg->max_bytes);
	if (!value_known(swap) || !value_known(memsw))
		return VALUE_UNKNOWN;
	return value_min(
		value_add(limit_pages(now, memcg->max_bytes), swap), limit_pages(now, memsw));
}

int64_t scope_totalpages(const struct snapshot *now, const struct scope *scope)
{
	int64_t total;

	if (scope->kind == SCOPE_SYSTEM) {
		total = value_add(now->total_ram_pages, now->total_swap_pages);
		return total > 0 ? total : VALUE_UNKNOWN;
	}
	if (scope->memcg >= now->n_memcgs)
		return VALUE_UNKNOWN;
	total = memcg_totalpages(now, &now->memcgs[scope->memcg]);
	return value_known(total) ? value_max(total, 1) : VALUE_UNKNOWN;
}

void scope_id(const struct snapshot *now, const struct scope *scope, struct text *text)
{
	if (scope->kind == SCOPE_SYSTEM) {
		text_add(text, "system");
		return;
	}
	text_add(text, "cgroup:");
	if (scope->memcg < now->n_memcgs)
		text_add(text, now->memcgs[scope->memcg].path);
}

/** A part of a path. */
struct part {
	const char *at;
	size_t len;
};

/* The last component of a path that ends at len; empty for the root. */
static struct part last_of(const char *path, size_t len)
{
	size_t start;

	while (len > 0 && path[len - 1] == '/')
		len--;
	for (start = len; start > 0 && path[start - 1] != '/'; start--)
		continue;
	return (struct part){ path + start, len - start };
}

static bool is_id(const struct part *part)
{
	for (size_t i = 0; i < part->len; i++) {
		const char c = part->at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-' || c == '_'))
			return false;
	}
	return part->len >= ID_LEAST;
}

static void add_part(const struct part *part, struct text *text)
{
	text_add_clean(text, part->at, is_id(part) ? ID_SHOWN : part->len);
}

static const char *name_of(const struct memcg *memcg)
{
	const char *name = memcg->container ? memcg->container : memcg->unit;

	return name && name[0] ? name : NULL;
}

/* The end of a path, with what is above it where that end is an id. */
static void add_end(const char *path, struct text *text)
{
	const struct part end = last_of(path, strlen(path));
	const struct part above = last_of(path, (size_t)(end.at - path));

	if (end.len == 0) {
		text_add(text, "root cgroup");
		return;
	}
	if (is_id(&end) && above.len > 0) {
		add_part(&above, text);
		text_add(text, "/");
	} else if (is_id(&end)) {
		text_add(text, "cgroup ");
	}
	add_part(&end, text);
}

void scope_words(const struct snapshot *now, const struct scope *scope, struct text *text)
{
	const struct memcg *memcg;
	const char *name, *above = NULL;
	uint32_t parent;
	struct part end;

	if (scope->kind == SCOPE_SYSTEM || scope->memcg >= now->n_memcgs) {
		text_add(text, scope->kind == SCOPE_SYSTEM ? "machine" : "cgroup");
		return;
	}
	memcg = &now->memcgs[scope->memcg];
	parent = parent_of(now, scope->memcg);
	name = name_of(memcg);
	if (parent != NO_MEMCG)
		above = name_of(&now->memcgs[parent]);
	if (!name) {
		add_end(memcg->path, text);
		return;
	}

	text_add_clean(text, name, strlen(name));
	/* Part of a unit or container has its name from above. */
	if (above && strcmp(above, name) == 0) {
		end = last_of(memcg->path, strlen(memcg->path));
		text_add(text, "/");
		add_part(&end, text);
	}
}

/* How much may still be charged before its own counters refuse; VALUE_UNKNOWN without limit. */
static int64_t headroom_bytes(const struct memcg *memcg)
{
	int64_t room = VALUE_UNKNOWN;

	if (value_known(memcg->max_bytes) && memcg->max_bytes != MEMCG_UNLIMITED &&
		value_known(memcg->usage_bytes))
		room = value_max(value_add(memcg->max_bytes, -memcg->usage_bytes), 0);
	if (value_known(memcg->memsw_max_bytes) && memcg->memsw_max_bytes != MEMCG_UNLIMITED &&
		value_known(memcg->memsw_bytes)) {
		const int64_t memsw =
			value_max(value_add(memcg->memsw_max_bytes, -memcg->memsw_bytes), 0);

		room = value_known(room) ? value_min(room, memsw) : memsw;
	}
	return room;
}

uint32_t scope_binding(const struct snapshot *now, const struct task *task)
{
	uint32_t binding = NO_MEMCG;
	int64_t least = INT64_MAX;

	for (uint32_t i = scope_memcg_of(now, task); i != NO_MEMCG;
		i = scope_charged_above(now, i)) {
		const int64_t room = headroom_bytes(&now->memcgs[i]);

		if (!value_known(room) || (binding != NO_MEMCG && room >= least))
			continue;
		binding = i;
		least = room;
	}
	return binding;
}
