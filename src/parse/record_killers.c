/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/hash.h"
#include "parse/record_parts.h"

struct killer_words {
	const char *kind, *settings;
	bool cgroups;
};

static const struct member members_killer_words[] = {
	{ "kind", offsetof(struct killer_words, kind), MEMBER_STRING, 0, 0 },
	{ "settings", offsetof(struct killer_words, settings), MEMBER_STRING, 0, 0 },
	{ "cgroups", offsetof(struct killer_words, cgroups), MEMBER_BOOL, 0, 0 },
	MEMBER_END,
};

static const struct member members_none[] = { MEMBER_END };

uint32_t record_task_count(const struct snapshot *now, const struct record_choice *choice)
{
	return choice->tasks ? choice->n_tasks : now->n_tasks;
}

const struct task *record_task(
	const struct snapshot *now, const struct record_choice *choice, uint32_t number)
{
	return &now->tasks[choice->tasks ? choice->tasks[number] : number];
}

bool record_tells_cgroups(const struct killer *killer)
{
	return killer->kind == KILLER_SYSTEMD_OOMD && killer->systemd_oomd.cgroups;
}

static const struct member *settings_members(const struct killer *killer)
{
	switch (killer->kind) {
	case KILLER_SYSTEMD_OOMD:
		return members_systemd_oomd;
	case KILLER_EARLYOOM:
		return members_earlyoom;
	case KILLER_NOHANG:
		return members_nohang;
	case KILLER_KUBELET:
		return members_kubelet;
	case KILLER_OOMD:
	case KILLER_KINDS:
		break;
	}
	return members_none;
}

/** As it is written: rules of oomd are too deep for a row of members. */
static void tell(const struct killer *killer, struct killer_words *words, struct killer *ret)
{
	*ret = *killer;
	if (killer->kind == KILLER_OOMD && killer->settings != SETTINGS_UNREAD) {
		ret->settings = SETTINGS_UNREAD;
		strcpy(ret->settings_why, "rules are not kept in recordings");
	}
	words->kind = killer_name(killer->kind);
	words->settings = words_settings[ret->settings];
	words->cgroups = record_tells_cgroups(killer);
}

static uint64_t mix_members(uint64_t hash, const struct member *members, const void *of)
{
	for (; members->name; members++)
		hash = record_mix(hash, record_word(members, of));
	return hash;
}

/* All that is known of settings stands in the union, whose members begin where it begins. */
static const void *settings_of(const struct killer *killer)
{
	return &killer->earlyoom;
}

static uint64_t mix_marks(uint64_t hash, const struct snapshot *now,
	const struct record_choice *choice, const uint8_t *marks)
{
	const uint32_t n = record_task_count(now, choice);

	hash = record_mix(hash, marks != NULL);
	for (uint32_t i = 0; marks && i < n; i++) {
		const struct task *task = record_task(now, choice, i);
		const uint8_t mark = marks[task - now->tasks];

		if (mark)
			hash = record_mix(hash, (uint64_t)task->pid << 8 | mark);
	}
	return hash;
}

static uint64_t hash_of(const struct snapshot *now, const struct record_choice *choice)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < now->n_killers; i++) {
		struct killer killer;
		struct killer_words words;

		tell(&now->killers[i], &words, &killer);
		hash = mix_members(hash, members_killer_words, &words);
		hash = mix_members(hash, members_killer, &killer);
		hash = mix_members(hash, settings_members(&killer), settings_of(&killer));
		if (killer.kind == KILLER_SYSTEMD_OOMD)
			hash = mix_members(
				hash, members_systemd_oomd_cgroup, &killer.systemd_oomd.root);
		hash = hash_key(mix_marks(hash, now, choice, killer.marks));
	}
	return hash;
}

static void write_marks(struct record_out *out, const struct snapshot *now,
	const struct record_choice *choice, const uint8_t *marks)
{
	const uint32_t n = record_task_count(now, choice);

	json_put_array(&out->json, "marks");
	for (uint32_t i = 0; i < n; i++) {
		const struct task *task = record_task(now, choice, i);

		if (!marks[task - now->tasks])
			continue;
		json_put_array(&out->json, NULL);
		json_put_int(&out->json, NULL, task->pid);
		json_put_int(&out->json, NULL, marks[task - now->tasks]);
		json_end_array(&out->json);
		record_drain(out);
	}
	json_end_array(&out->json);
}

static void write_killer(struct record_out *out, const struct snapshot *now,
	const struct record_choice *choice, const struct killer *from)
{
	struct killer killer;
	struct killer_words words;

	tell(from, &words, &killer);
	json_put_object(&out->json, NULL);
	record_known(out, members_killer_words, &words);
	record_known(out, members_killer, &killer);
	record_known(out, settings_members(&killer), settings_of(&killer));
	if (killer.kind == KILLER_SYSTEMD_OOMD) {
		json_put_object(&out->json, "root");
		record_known(out, members_systemd_oomd_cgroup, &killer.systemd_oomd.root);
		json_end_object(&out->json);
	}
	if (killer.marks)
		write_marks(out, now, choice, killer.marks);
	json_end_object(&out->json);
}

uint64_t record_killers(struct record_out *out, const struct snapshot *now,
	const struct record_choice *choice, uint64_t before)
{
	const uint64_t hash = hash_of(now, choice);

	if (hash == before)
		return hash;
	json_put_array(&out->json, "killers");
	for (uint32_t i = 0; i < now->n_killers; i++)
		write_killer(out, now, choice, &now->killers[i]);
	json_end_array(&out->json);
	return hash;
}
