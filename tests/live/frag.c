/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our fragmentation indexes against the running kernel's extfrag_index and unusable_index,
 * which debugfs shows.  Free lists move all the time: a zone is compared when its line of
 * buddyinfo is the same before and after.  Exit 77 where debugfs cannot be had.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "analysis/zones.h"
#include "collect/root.h"
#include "parse/scan.h"
#include "parse/zones.h"

#define EXIT_SKIP 77
#define TRIES 2000
#define TEXT_BYTES 65536
#define ZONES_HERE 64

struct zones {
	struct zone all[ZONES_HERE];
	uint32_t n;
};

struct tally {
	unsigned long compared, different;
	bool done[ZONES_HERE];
};

/** A file as a NUL-terminated text; its length or -errno. */
static ssize_t read_text(const struct root *root, const char *path, char text[TEXT_BYTES])
{
	const ssize_t n = root_read(root, path, text, TEXT_BYTES - 1);

	if (n >= 0)
		text[n] = '\0';
	return n;
}

static int read_zones(const struct root *root, struct zones *ret)
{
	static char text[1 << 20];
	ssize_t n = root_read(root, "proc/zoneinfo", text, sizeof(text));
	int rc;

	if (n < 0)
		return (int)n;
	rc = parse_zoneinfo(text, (size_t)n, ret->all, ZONES_HERE, &ret->n);
	if (rc < 0)
		return rc;
	n = root_read(root, "proc/buddyinfo", text, sizeof(text));
	return n < 0 ? (int)n : parse_buddyinfo(text, (size_t)n, ret->all, ret->n);
}

/** "-1.000" and "0.-500" (the kernel prints quotient and remainder) in thousandths. */
static bool read_index(struct scan *line, int32_t *ret)
{
	int whole, rest, used;
	struct span word;
	char text[32];

	if (!scan_word(line, &word))
		return false;
	span_copy(word, text, sizeof(text));
	if (sscanf(text, "%d.%d%n", &whole, &rest, &used) != 2 || text[used] != '\0')
		return false;
	*ret = whole * 1000 + rest;
	return true;
}

/** The line of "Node N, zone NAME" behind the name. */
static bool find_line(const char *text, const struct zone *zone, struct scan *ret)
{
	struct scan scan = scan_of(text, strlen(text));
	struct scan line;

	while (scan_line(&scan, &line)) {
		struct span name;
		int64_t node;

		if (scan_literal(&line, "Node") && scan_int(&line, &node) &&
			scan_literal(&line, ", zone") && scan_word(&line, &name) &&
			node == zone->node && span_is(name, zone->name)) {
			*ret = line;
			return true;
		}
	}
	return false;
}

typedef int index_of(const struct free_blocks *blocks, unsigned order, int32_t *ret);

static void compare(const struct zone *zone, const char *what, const char *text, index_of *of,
	struct tally *tally)
{
	struct scan line;
	int32_t want, got;

	if (!find_line(text, zone, &line))
		return;
	for (unsigned order = 0; order < zone->blocks.n_orders; order++) {
		if (!read_index(&line, &want))
			return;
		tally->compared++;
		if (of(&zone->blocks, order, &got) == 0 && got == want)
			continue;
		printf("node %d zone %s order %u: %s is %" PRId32 " here and %" PRId32
		       " in the kernel\n",
			zone->node, zone->name, order, what, got, want);
		tally->different++;
	}
}

static bool same_blocks(const struct free_blocks *a, const struct free_blocks *b)
{
	return a->n_orders == b->n_orders && memcmp(a->count, b->count, sizeof(a->count)) == 0;
}

/** Compare the zones that stood still and were not compared yet.  0 or -errno. */
static int one_try(const struct root *root, struct tally *tally)
{
	static struct zones before, after;
	static char extfrag[TEXT_BYTES], unusable[TEXT_BYTES];
	int rc = read_zones(root, &before);
	ssize_t n;

	if (rc < 0)
		return rc;
	n = read_text(root, "sys/kernel/debug/extfrag/extfrag_index", extfrag);
	if (n >= 0)
		n = read_text(root, "sys/kernel/debug/extfrag/unusable_index", unusable);
	if (n < 0)
		return (int)n;
	rc = read_zones(root, &after);
	if (rc < 0)
		return rc;

	for (uint32_t i = 0; i < before.n && i < after.n; i++) {
		const struct zone *zone = &before.all[i];

		if (tally->done[i] || zone->blocks.n_orders == 0 ||
			!same_blocks(&zone->blocks, &after.all[i].blocks))
			continue;
		compare(zone, "extfrag_index", extfrag, frag_index, tally);
		compare(zone, "unusable_index", unusable, frag_unusable, tally);
		tally->done[i] = true;
	}
	return 0;
}

/** debugfs, mounted for this process alone if nobody did. */
static int open_debugfs(struct root *root)
{
	static char text[TEXT_BYTES];

	if (access("/sys/kernel/debug/extfrag", F_OK) < 0 && geteuid() == 0 &&
		unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		(void)mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (root_open_live(root, "/") < 0)
		return -errno;
	return (int)read_text(root, "sys/kernel/debug/extfrag/extfrag_index", text);
}

int main(void)
{
	static struct root root;
	struct tally tally = { 0 };
	unsigned zones = 0;
	int rc = open_debugfs(&root);

	if (rc < 0) {
		printf("frag: skipped: extfrag_index of debugfs: %s\n", strerror(-rc));
		return EXIT_SKIP;
	}
	for (int i = 0; i < TRIES && rc >= 0; i++)
		rc = one_try(&root, &tally);
	if (rc < 0)
		fprintf(stderr, "frag: %s\n", strerror(-rc));
	root_close(&root);

	for (unsigned i = 0; i < ZONES_HERE; i++)
		zones += tally.done[i];
	printf("frag: %u zones, %lu indexes compared, %lu different\n", zones, tally.compared,
		tally.different);
	return rc >= 0 && tally.compared > 0 && tally.different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
