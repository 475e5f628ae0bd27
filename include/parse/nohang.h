/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * How nohang is set up: its arguments, and the file that they name (0.2.0).
 */
#ifndef OOMWATCH_PARSE_NOHANG_H
#define OOMWATCH_PARSE_NOHANG_H

#include "model/killer.h"
#include "parse/scan.h"

/**
 * Whether arguments are those of nohang watching memory: "python3 /usr/sbin/nohang --monitor
 * --config FILE".
 *
 * @ret_config  the path as given; at is NULL if there is none
 */
bool parse_nohang_args(const char *args, size_t len, struct span *ret_config);

/**
 * Its file: lines of "key = value"; those that begin with a blank or # are comments.
 *
 * Lines that begin with @BADNESS_ADJ_RE_ set corrected, @SOFT_ACTION_RE_ sets commands; neither is
 * followed.  A metric of pressure other than full_avg10 of the machine leaves psi_permyriad
 * unknown.  Returns 0, or -EBADMSG where one of the four thresholds is not there or is not
 * understood, or a key stands twice (nohang does not start with such a file); *ret is unchanged
 * then.
 */
int parse_nohang_conf(const char *text, size_t len, struct nohang_settings *ret);

#endif
