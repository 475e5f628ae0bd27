/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/scope.h"
#include "analysis/scope_parts.h"

/** So many hexadecimal digits are a name that nobody gave. */
#define ID_LEAST 12
#define ID_SHOWN 8

static const char *killer_of(const struct snapshot *now, const struct scope *scope)
{
	return scope->killer < now->n_killers ? killer_name(now->killers[scope->killer].kind) : "";
}

void scope_id(const struct snapshot *now, const struct scope *scope, struct text *text)
{
	switch (scope->kind) {
	case SCOPE_SYSTEM:
		text_add(text, "system");
		break;
	case SCOPE_MEMCG:
		text_add(text, "cgroup:");
		if (scope->memcg < now->n_memcgs)
			text_add(text, now->memcgs[scope->memcg].path);
		break;
	case SCOPE_NODES:
		text_add(text, "nodes:");
		nodes_words(&scope->nodes, text);
		break;
	case SCOPE_KILLER:
		text_add(text, "killer:");
		text_add(text, killer_of(now, scope));
		break;
	}
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

void scope_path_words(const char *path, struct text *text)
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

static void add_memcg(const struct snapshot *now, uint32_t index, struct text *text)
{
	const struct memcg *memcg = &now->memcgs[index];
	const uint32_t parent = scope_parent(now, index);
	const char *name = name_of(memcg), *above = NULL;
	struct part end;

	if (parent != NO_MEMCG)
		above = name_of(&now->memcgs[parent]);
	if (!name) {
		scope_path_words(memcg->path, text);
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

static void add_nodes(const struct node_set *nodes, struct text *text)
{
	int first = 0;

	while (first < NODES_MAX && !nodes_have(nodes, first))
		first++;
	for (int node = first + 1; node < NODES_MAX; node++) {
		if (nodes_have(nodes, node)) {
			text_add(text, "nodes ");
			nodes_words(nodes, text);
			return;
		}
	}
	text_add(text, "node ");
	nodes_words(nodes, text);
}

void scope_words(const struct snapshot *now, const struct scope *scope, struct text *text)
{
	switch (scope->kind) {
	case SCOPE_SYSTEM:
		text_add(text, "machine");
		break;
	case SCOPE_MEMCG:
		if (scope->memcg < now->n_memcgs)
			add_memcg(now, scope->memcg, text);
		else
			text_add(text, "cgroup");
		break;
	case SCOPE_NODES:
		add_nodes(&scope->nodes, text);
		break;
	case SCOPE_KILLER:
		text_add(text, killer_of(now, scope));
		break;
	}
}
