/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Finds the files of a systemd unit, as systemd.unit(5) says where they lie, and reads
 * them in its order: the unit, then its drop-ins.
 */
#ifndef OOMWATCH_COLLECT_UNIT_FILES_H
#define OOMWATCH_COLLECT_UNIT_FILES_H

#include "collect/root.h"
#include "parse/unit_file.h"

/** Longest unit name that systemd allows. */
#define UNIT_NAME_MAX 255

/**
 * Read what the files of a unit of the system's systemd (not of a user's) say.
 *
 * @name  "foo.service", "foo@bar.service", "foo.scope", "foo.slice" as its file is called;
 *        hostile.  A slice needs no file to have drop-ins.
 * Returns 0; -EINVAL for what can be no such name; -ENOENT if there is no file, -ENODATA if
 * it is masked; -E2BIG for more or longer-named drop-ins than are looked at; else why one of
 * the files cannot be read: any of them may hold the setting that counts.  *ret is unchanged
 * then.
 */
int unit_files_read(const struct root *root, const char *name, struct unit_file *ret);

/** The same of system.conf, which may be missing. */
int unit_files_read_manager(const struct root *root, struct unit_file *ret);

/** The same of oomd.conf. */
int unit_files_read_oomd(const struct root *root, struct unit_file *ret);

#endif
