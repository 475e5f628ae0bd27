/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of analysis/killers: one function for each kind.
 *
 * Each fills worth, room, pressure, act, victim and reason of a view that is blank (all that
 * can be unknown is); level, forecast and order are judged from these for all alike.
 */
#ifndef OOMWATCH_ANALYSIS_KILLERS_PARTS_H
#define OOMWATCH_ANALYSIS_KILLERS_PARTS_H

#include "analysis/killers.h"

struct killer_judging {
	const struct killers_inputs *in;
	const struct killer *killer;
	struct watch *watch; /**< of this killer; NULL: no room for one */
	struct arena *arena;
};

void killer_judge_earlyoom(const struct killer_judging *judging, struct killer_view *view);
void killer_judge_nohang(const struct killer_judging *judging, struct killer_view *view);
void killer_judge_kubelet(const struct killer_judging *judging, struct killer_view *view);
void killer_judge_systemd_oomd(const struct killer_judging *judging, struct killer_view *view);
void killer_judge_oomd(const struct killer_judging *judging, struct killer_view *view);

/** The kernel's oom_score of a task, recomputed for the machine; 0 for what it never takes,
 * VALUE_UNKNOWN where it could not be read. */
int64_t killer_score(const struct snapshot *now, const struct oom *machine, uint32_t task);

/** Take a cgroup whole: fills victim_memcg, and of it and all below n_victims (processes) and
 * gives_back_kib. */
void killer_take_memcg(const struct snapshot *now, uint32_t memcg, struct killer_view *view);

/**
 * The watch of one monitored cgroup's timer: since when its pressure has been above the limit.
 * To be called in each sample, also below it.  Returns how long, 0 below it; *ret_sure false: it
 * was above when it was first seen, so that it may be longer.
 */
int64_t killer_held_ms(
	const struct killer_judging *judging, const char *path, bool above, bool *ret_sure);

/** Least time until full avg10 passes a limit and stays for the rest of its duration, if all
 * stalls all the time; in s, rounded down; VALUE_UNKNOWN where one of them is, and for a limit of
 * 100 % or more, which nothing passes. */
int64_t killer_least_s(
	int64_t avg10_centi, int64_t limit_centi, int64_t held_ms, int64_t duration_ms);

/** What a watch of a killer is found by; "" for its own, else the path of a cgroup. */
uint64_t killer_key(const struct killer *killer, const char *path);

#endif
