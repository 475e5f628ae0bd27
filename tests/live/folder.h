/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Checks that print what failed, and a folder of this test's own.
 */
#ifndef OOMWATCH_TESTS_FOLDER_H
#define OOMWATCH_TESTS_FOLDER_H

#include <stdbool.h>

/** All tests' folder, and that of the test that runs. */
extern char top[64], dir[96];

/** Make top; false: it cannot be. */
bool folder_begin(const char *name);

/** Another dir, below top. */
void folder_fresh(bool made);

/** Remove all, and say how many checks failed; the exit code. */
int folder_end(void);

void check_at(int line, const char *label, bool good);
#define check(label, good) check_at(__LINE__, label, good)

/** What cannot be gone on without. */
void must_at(int line, const char *label, bool good);
#define must(label, good) must_at(__LINE__, label, good)

#endif
