/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/killer_room.h"

#include <stdio.h>

#include "base/text.h"

int64_t killer_share(int64_t a, int64_t b, int64_t c)
{
	int64_t product;
	int lost = 0;

	if (!value_known(a) || !value_known(b) || !value_known(c) || c <= 0)
		return VALUE_UNKNOWN;
	/* What the shifts lose is less than a millionth of numbers so large. */
	while (__builtin_mul_overflow(a, b, &product)) {
		if (a > b) {
			a >>= 1;
			lost++;
		} else {
			b >>= 1;
			c >>= 1;
		}
	}
	return c == 0 ? INT64_MAX : value_mul(product / c, INT64_C(1) << lost);
}

int64_t killer_smaller(int64_t a, int64_t b)
{
	if (!value_known(a) || !value_known(b))
		return value_known(a) ? a : b;
	return value_min(a, b);
}

static bool are_known(const struct killer_limit limits[2])
{
	for (int i = 0; i < 2; i++) {
		if (!value_known(limits[i].mem_kib) || !value_known(limits[i].swap_kib))
			return false;
	}
	return true;
}

/* When the first limit is reached, the second one is too: it is met, or it is no lower. */
static bool falls_with(int64_t amount, int64_t first, int64_t second)
{
	return amount <= second || second >= first;
}

void killer_set_room(const struct snapshot *now, int64_t mem_room_kib, int64_t swap_room_kib,
	struct killer_view *view)
{
	int64_t whole = now->mem.mem_total_kib;

	/* Both must be used up: swap is filled once there is little memory left. */
	view->room_is_swap = mem_room_kib == 0 && swap_room_kib > 0;
	view->room_swap_kib = swap_room_kib;
	view->room_kib = value_add(mem_room_kib, swap_room_kib);
	if (swap_room_kib > 0)
		whole = value_add(whole, now->mem.swap_total_kib);
	view->room_percent = killer_share(view->room_kib, 100, whole);
}

bool killer_room(const struct snapshot *now, int64_t available_kib,
	const struct killer_limit limits[2], struct killer_view *view)
{
	const int64_t swap_kib = now->mem.swap_total_kib == 0 ? 0 : now->mem.swap_free_kib;

	if (!value_known(available_kib) || !value_known(swap_kib) || !are_known(limits))
		return false;
	killer_set_room(now, value_max(available_kib - limits[0].mem_kib, 0),
		value_max(swap_kib - limits[0].swap_kib, 0), view);
	view->act = falls_with(available_kib, limits[0].mem_kib, limits[1].mem_kib) &&
			falls_with(swap_kib, limits[0].swap_kib, limits[1].swap_kib)
		? ACT_KILL
		: ACT_TERM;
	return true;
}

void killer_take_task(const struct snapshot *now, uint32_t task, struct killer_view *view)
{
	view->victim = task;
	view->n_victims = 1;
	view->gives_back_kib = victim_gives_back_kib(now, &now->tasks[task]);
}

uint32_t killer_of_kernel(const struct oom *machine)
{
	if (machine->outcome != OUTCOME_KILL && machine->outcome != OUTCOME_KILL_GROUP)
		return NO_TASK;
	return machine->victim;
}

void killer_doubt(struct killer_view *view, enum killer_worth worth, const char *why)
{
	if (worth <= view->worth)
		return;
	view->worth = worth;
	snprintf(view->worth_why, sizeof(view->worth_why), "%s", why);
}

void killer_begin(const struct snapshot *now, const struct killer *killer, struct killer_view *view)
{
	char why[sizeof(view->worth_why)];
	struct text text;

	view->worth = WORTH_EXACT;
	text_init(&text, why, sizeof(why));
	text_add(&text, "by ");
	text_add(&text, killer->settings_why[0] ? killer->settings_why : "its files");
	if (killer->settings == SETTINGS_FILES)
		killer_doubt(view, WORTH_ASSUMED, why);
	if (killer->settings == SETTINGS_DEFAULTS)
		killer_doubt(view, WORTH_ASSUMED, "by the settings that it is built with");
	if (now->partial != PARTIAL_NONE)
		killer_doubt(view, WORTH_ASSUMED, "not all processes can be seen from here");
}
