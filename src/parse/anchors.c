/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/anchors.h"

#include <string.h>

#include "base/value.h"

/** Bytes of every anchor that are compared: the more, the larger the steps. */
#define WIDTH 8

/*
 * Parts of lines that every report has at least one of, in the words of all kernels (a mailer
 * may have broken a line at any blank), and of userspace killers' lines.
 */
static const char *const words[] = {
	"oom-kill",  /* header, oom-kill line */
	"oked oom:", /* header of a vendor's kernel */
	"f memory:", /* kill lines, panic */
	"f memory ", /* no killable processes; mm of "Out of memory (oom_kill_allocating_task)" */
	"f memory.", /* 2.6.32: out of memory. panic_on_oom is selected */
	"led process ", /* Killed process */
	"ill process ", "lable memory (MPOL_BIND)", "deadlocked on memory", "oom_reaper",
	"total_vm", /* the table's head */
	"lt of limit of", "oom.group set", "nual OOM exec", "oomd kill", "systemd-oomd",
	"ding SIG", /* earlyoom, nohang: "sending SIGTERM to" */
	", badness: ", "viction manager", "killer: Killing", /* lowmemorykiller */
	"_score_adj ", /* lmkd: "Kill 'x' (n), uid n, oom_score_adj n" */
};

static unsigned pair(unsigned char a, unsigned char b)
{
	return ((unsigned)a * 37 ^ (unsigned)b * 40) % ANCHOR_PAIRS;
}

void anchors_init(struct anchors *anchors)
{
	memset(anchors->shift, WIDTH - 1, sizeof(anchors->shift));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (unsigned k = 0; k + 1 < WIDTH; k++) {
			uint8_t *shift = &anchors->shift[pair(
				(unsigned char)words[i][k], (unsigned char)words[i][k + 1])];

			if (*shift > WIDTH - 2 - k)
				*shift = (uint8_t)(WIDTH - 2 - k);
		}
	}
}

static int is_anchor(const char *at, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (at[0] == words[i][0] && at[WIDTH - 1] == words[i][WIDTH - 1]) {
			const size_t all = strlen(words[i]);

			if (all <= len && memcmp(at, words[i], all) == 0)
				return 1;
		}
	}
	return 0;
}

const char *anchors_find(const struct anchors *anchors, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + len;

	while ((size_t)(end - at) >= WIDTH) {
		const uint8_t shift = anchors->shift[pair(at[WIDTH - 2], at[WIDTH - 1])];

		if (shift > 0) {
			at += shift;
		} else {
			if (is_anchor((const char *)at, (size_t)(end - at)))
				return (const char *)at;
			at++;
		}
	}
	return NULL;
}
