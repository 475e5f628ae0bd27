/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Writing all of something.
 */
#ifndef OOMWATCH_OS_WRITE_H
#define OOMWATCH_OS_WRITE_H

#include <stddef.h>

/** write(2) until all is written.  0 or -errno; a part may have been written then. */
int write_all(int fd, const char *bytes, size_t len);

#endif
