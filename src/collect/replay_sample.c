/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect/node_sets.h"
#include "collect/replay_state.h"
#include "parse/nodes.h"

#define PAGE_BYTES_MIN 4096
#define PAGE_BYTES_MAX (1 << 20)
#define CLK_TCK_MAX 1000000

/** Not more than a clock in ms can count in us. */
#define UPTIME_MS_MAX (INT64_MAX / 1000000)

/** What of a sample is one text. */
enum section {
	SECTION_HEAD,
	SECTION_FACTS,
	SECTION_MEMORY,
	SECTION_VMSTAT,
	SECTION_PRESSURE,
	SECTION_KNOBS,
	SECTION_NODE_SETS,
	SECTION_KILLERS,
	SECTION_UPTIME,
	SECTION_KEY,
	SECTIONS,
};

static const char *const section_names[SECTIONS] = {
	[SECTION_HEAD] = "head",
	[SECTION_FACTS] = "facts",
	[SECTION_MEMORY] = "memory",
	[SECTION_VMSTAT] = "vmstat",
	[SECTION_PRESSURE] = "pressure",
	[SECTION_KNOBS] = "knobs",
	[SECTION_NODE_SETS] = "node_sets",
	[SECTION_KILLERS] = "killers",
	[SECTION_UPTIME] = "uptime_ms",
	[SECTION_KEY] = "key",
};

/** A line in pieces. */
struct pieces {
	struct span sections[SECTIONS]; /**< empty where there is none */
	struct replay_list_told lists[REPLAY_LISTS];
};

struct replay_state {
	struct arena arenas[2];
	unsigned current;            /**< of the arenas the one that now is in */
	struct replay_sample *now;   /**< NULL: no sample yet */
	bool kept_all;               /**< of the record line */
	int64_t page_bytes, clk_tck; /**< of the same; VALUE_UNKNOWN */
	struct replay_reader reader;
};

struct replay_state *replay_state_new(void)
{
	return calloc(1, sizeof(struct replay_state));
}

void replay_state_free(struct replay_state *state)
{
	if (!state)
		return;
	arena_free(&state->arenas[0]);
	arena_free(&state->arenas[1]);
	free(state);
}

const char *replay_state_why(const struct replay_state *state)
{
	return state->reader.why;
}

int replay_state_head(struct replay_state *state, struct span line)
{
	const json_t *kept;
	json_t *head;
	int error;

	state->now = NULL;
	state->reader.why[0] = '\0';
	state->reader.arena = &state->arenas[!state->current];
	error = replay_load(&state->reader, line, &head);
	if (error < 0)
		return error;
	kept = json_object_get(head, "kept");
	state->kept_all = json_is_string(kept) && strcmp(json_string_value(kept), "all") == 0;
	state->page_bytes = json_integer_value(json_object_get(head, "page_bytes"));
	state->clk_tck = json_integer_value(json_object_get(head, "clk_tck"));
	json_decref(head);
	return 0;
}

/* ---- a line in pieces ---- */

/* Whether a name is that of a list, or of those of it that are gone. */
static struct span *list_piece(struct pieces *pieces, struct span name)
{
	for (unsigned i = 0; i < REPLAY_LISTS; i++) {
		const char *list = replay_list_kinds[i].name;

		if (!span_starts(name, list))
			continue;
		if (name.len == strlen(list))
			return &pieces->lists[i].list;
		name.at += strlen(list);
		name.len -= strlen(list);
		return span_is(name, "_gone") ? &pieces->lists[i].gone : NULL;
	}
	return NULL;
}

static struct span *piece_of(struct pieces *pieces, struct span name)
{
	for (unsigned i = 0; i < SECTIONS; i++) {
		if (span_is(name, section_names[i]))
			return &pieces->sections[i];
	}
	return list_piece(pieces, name);
}

static int take_apart(struct replay_reader *reader, struct span line, struct pieces *ret)
{
	struct replay_json json;
	struct span name, value, *piece;
	int r = replay_json_begin(line, '{', &json);

	if (r < 0)
		return replay_refuse(reader, "sample", "no JSON");
	while ((r = replay_json_member(&json, &name, &value)) > 0) {
		piece = piece_of(ret, name);
		if (piece && piece->len > 0)
			return replay_refuse(reader, "sample", "has a member twice");
		if (piece)
			*piece = value;
	}
	return r < 0 ? replay_refuse(reader, "sample", "no JSON") : 0;
}

/* ---- what is one object ---- */

static int take_members(
	struct replay_reader *reader, struct span text, const struct member *members, void *of)
{
	json_t *object;
	int error;

	if (text.len == 0)
		return 0;
	error = replay_load(reader, text, &object);
	if (error < 0)
		return error;
	error = json_is_object(object) ? replay_read_members(reader, members, object, of)
				       : replay_refuse(reader, "a member", "no object");
	json_decref(object);
	return error;
}

static int take_partial(struct replay_reader *reader, const json_t *head, struct snapshot *snapshot)
{
	const json_t *partial = json_object_get(head, "partial");
	int word;

	if (!partial)
		return 0;
	if (json_is_null(partial)) {
		snapshot->partial = PARTIAL_NONE;
		return 0;
	}
	word = json_is_string(partial) ? word_find(words_partial, json_string_value(partial)) : -1;
	if (word < 0)
		return replay_refuse(reader, "partial", "no such word");
	snapshot->partial = (enum partial_view)word;
	return 0;
}

static int check_head(struct replay_reader *reader, const struct snapshot *head)
{
	const int64_t page_bytes = head->page_bytes;

	if (page_bytes < PAGE_BYTES_MIN || page_bytes > PAGE_BYTES_MAX ||
		(page_bytes & (page_bytes - 1)) != 0)
		return replay_refuse(reader, "page_bytes", "no size of pages");
	if (head->clk_tck < 1 || head->clk_tck > CLK_TCK_MAX)
		return replay_refuse(reader, "clk_tck", "out of range");
	return 0;
}

static int take_head(struct replay_reader *reader, struct span text, struct snapshot *snapshot)
{
	json_t *head;
	int error;

	if (text.len == 0)
		return check_head(reader, snapshot);
	error = replay_load(reader, text, &head);
	if (error < 0)
		return error;
	error = json_is_object(head) ? replay_read_members(reader, members_snapshot, head, snapshot)
				     : replay_refuse(reader, "head", "no object");
	if (error == 0)
		error = take_partial(reader, head, snapshot);
	json_decref(head);
	return error < 0 ? error : check_head(reader, snapshot);
}

/* Its enum fact_state, or -1. */
static int fact_word(const json_t *state)
{
	if (json_is_null(state))
		return FACT_UNREAD;
	return json_is_string(state) ? word_find(words_fact_state, json_string_value(state)) : -1;
}

static int take_facts(struct replay_reader *reader, struct span text, struct snapshot *snapshot)
{
	json_t *facts;
	int error = text.len > 0 ? replay_load(reader, text, &facts) : 0;

	if (text.len == 0 || error < 0)
		return error;
	for (unsigned i = 0; i < FACT_COUNT && error == 0; i++) {
		const json_t *state = json_object_get(facts, fact_name((enum fact)i));
		const int word = state ? fact_word(state) : FACT_UNREAD;

		if (word < 0)
			error = replay_refuse(reader, "facts", "no such word");
		else if (state)
			snapshot->facts[i] = (enum fact_state)word;
	}
	json_decref(facts);
	return error;
}

static int take_sets(struct replay_reader *reader, const json_t *list, struct snapshot *snapshot)
{
	const size_t n = json_array_size(list);
	struct node_set *sets;

	snapshot->node_sets = NULL;
	snapshot->n_node_sets = 0;
	if (!json_is_array(list) || n > NODE_SETS_MAX)
		return replay_refuse(reader, "node_sets", "no list, or too long a one");
	if (n == 0)
		return 0;
	sets = arena_array(reader->arena, n, sizeof(*sets));
	if (!sets)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const json_t *set = json_array_get(list, i);

		if (!json_is_string(set) ||
			parse_node_list(json_string_value(set), json_string_length(set), &sets[i]) <
				0)
			return replay_refuse(reader, "node_sets", "no list of nodes");
	}
	snapshot->node_sets = sets;
	snapshot->n_node_sets = (uint32_t)n;
	return 0;
}

/* Whole where it is told, else as it was. */
static int take_node_sets(struct replay_reader *reader, struct span text, struct snapshot *snapshot)
{
	const struct node_set *before = snapshot->node_sets;
	json_t *list;
	int error;

	if (text.len > 0) {
		error = replay_load(reader, text, &list);
		if (error < 0)
			return error;
		error = take_sets(reader, list, snapshot);
		json_decref(list);
		return error;
	}
	if (!before)
		return 0;
	snapshot->node_sets =
		arena_array(reader->arena, snapshot->n_node_sets, sizeof(*snapshot->node_sets));
	if (!snapshot->node_sets)
		return -ENOMEM;
	memcpy(snapshot->node_sets, before, snapshot->n_node_sets * sizeof(*before));
	return 0;
}

static int take_plain(
	struct replay_reader *reader, const struct pieces *pieces, struct snapshot *snapshot)
{
	const struct {
		enum section section;
		const struct member *members;
		void *of;
	} plain[] = {
		{ SECTION_MEMORY, members_meminfo, &snapshot->mem },
		{ SECTION_VMSTAT, members_vmstat, &snapshot->vmstat },
		{ SECTION_PRESSURE, members_pressure, &snapshot->pressure },
		{ SECTION_KNOBS, members_knobs, &snapshot->knobs },
	};
	const struct span uptime = pieces->sections[SECTION_UPTIME];
	int error = take_head(reader, pieces->sections[SECTION_HEAD], snapshot);

	snapshot->uptime_ms = VALUE_UNKNOWN;
	if (error == 0 && uptime.len > 0 && !span_is(uptime, "null") &&
		replay_json_int(uptime, 0, UPTIME_MS_MAX, &snapshot->uptime_ms) < 0)
		error = replay_refuse(reader, "uptime_ms", "no time");
	for (size_t i = 0; i < ARRAY_SIZE(plain) && error == 0; i++)
		error = take_members(
			reader, pieces->sections[plain[i].section], plain[i].members, plain[i].of);
	if (error == 0)
		error = take_facts(reader, pieces->sections[SECTION_FACTS], snapshot);
	if (error == 0)
		error = take_node_sets(reader, pieces->sections[SECTION_NODE_SETS], snapshot);
	return error;
}

/* ---- the whole ---- */

/* What a key begins with. */
static void forget(const struct replay_state *state, struct replay_sample *sample)
{
	struct snapshot *head = &sample->head;

	*sample = (struct replay_sample){ .n_killers = 0 };
	replay_forget_members(members_snapshot, head);
	replay_forget_members(members_meminfo, &head->mem);
	replay_forget_members(members_vmstat, &head->vmstat);
	replay_forget_members(members_pressure, &head->pressure);
	replay_forget_members(members_knobs, &head->knobs);
	head->page_bytes = state->page_bytes;
	head->clk_tck = state->clk_tck;
}

/* One process has one pid, whenever it began. */
static int check_tasks(struct replay_reader *reader, const struct replay_list *list)
{
	const struct replay_task *tasks = list->items;

	for (uint32_t i = 1; i < list->n; i++) {
		if (tasks[i - 1].task.pid == tasks[i].task.pid)
			return replay_refuse(reader, "tasks", "two of one pid");
	}
	return 0;
}

static int take_lists(struct replay_reader *reader, const struct pieces *pieces,
	const struct replay_sample *before, struct replay_sample *sample)
{
	int error = 0;

	for (unsigned i = 0; i < REPLAY_LISTS && error == 0; i++)
		error = replay_list_take(reader, &replay_list_kinds[i], &pieces->lists[i],
			before ? &before->lists[i] : NULL, &sample->lists[i]);
	if (error == 0)
		error = check_tasks(reader, &sample->lists[REPLAY_TASKS]);
	return error;
}

static int take_sample(struct replay_state *state, const struct pieces *pieces,
	const struct replay_sample *before, struct replay_sample *sample)
{
	struct replay_reader *reader = &state->reader;
	const struct span killers = pieces->sections[SECTION_KILLERS];
	int error;

	if (before)
		*sample = *before;
	else
		forget(state, sample);
	error = take_plain(reader, pieces, &sample->head);
	if (error == 0)
		error = take_lists(reader, pieces, before, sample);
	if (error == 0)
		error = killers.len > 0 ? replay_killers_take(reader, killers, sample)
					: replay_killers_keep(reader, sample);
	return error;
}

int replay_state_sample(struct replay_state *state, struct span line)
{
	struct replay_reader *reader = &state->reader;
	struct pieces pieces = { 0 };
	struct replay_sample *sample;
	bool key;
	int error;

	reader->why[0] = '\0';
	reader->arena = &state->arenas[!state->current];
	arena_reset(reader->arena);
	error = take_apart(reader, line, &pieces);
	if (error < 0)
		return error;
	key = span_is(pieces.sections[SECTION_KEY], "true");
	if (!key && !state->now)
		return replay_refuse(reader, "sample", "nothing it could be told against");
	sample = arena_alloc(reader->arena, sizeof(*sample));
	if (!sample)
		return -ENOMEM;
	error = take_sample(state, &pieces, key ? NULL : state->now, sample);
	if (error < 0)
		return error;
	state->now = sample;
	state->current = !state->current;
	return 0;
}

int replay_state_show(const struct replay_state *state, struct snapshot *ret)
{
	int error = replay_sample_show(state->now, ret);

	if (error == 0 && ret->partial == PARTIAL_NONE && !state->kept_all)
		ret->partial = PARTIAL_KEPT;
	return error;
}
