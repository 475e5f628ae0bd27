/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

char top[64], dir[96];
static const char *program;
static int checks, bad;

bool folder_begin(const char *name)
{
	const char *tmp = getenv("TMPDIR");

	program = name;
	snprintf(top, sizeof(top), "%.40s/%.10s-XXXXXX", tmp && *tmp ? tmp : "/tmp", name);
	if (mkdtemp(top))
		return true;
	printf("%s: skipped: no folder for files\n", program);
	return false;
}

void folder_fresh(bool made)
{
	static unsigned number;

	snprintf(dir, sizeof(dir), "%s/%u", top, ++number);
	must("folder", !made || mkdir(dir, 0700) == 0);
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *at)
{
	(void)stat;
	(void)type;
	(void)at;
	return remove(path);
}

int folder_end(void)
{
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	printf("%s: %d checks, %d failed\n", program, checks, bad);
	return bad ? 1 : 0;
}

void check_at(int line, const char *label, bool good)
{
	checks++;
	if (!good)
		printf("%s: line %d: %s\n", program, line, label);
	bad += !good;
}

void must_at(int line, const char *label, bool good)
{
	check_at(line, label, good);
	if (!good)
		exit(folder_end());
}
