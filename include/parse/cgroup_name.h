/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Names for people in a cgroup path: systemd unit, pod, container; never a bare id.
 */
#ifndef OOMWATCH_PARSE_CGROUP_NAME_H
#define OOMWATCH_PARSE_CGROUP_NAME_H

#include <stddef.h>

/**
 * The systemd unit that a path lies in: its last component that ends in .service, .scope,
 * .slice, .socket, .mount or .swap (a .slice only if nothing better follows), with
 * systemd's \x2d escapes undone.  Session and user-manager scopes of a login count; "-.slice"
 * and "init.scope" do not.  Writes "" and returns 0 if there is none.
 * Returns bytes written (cut to fit).
 */
size_t cgroup_unit(const char *path, char *buf, size_t size);

/**
 * The container that a path lies in: "docker:0f3a91c2", "podman:…", "crio:…",
 * "containerd:…", "lxc:NAME", "machine:NAME", or "pod 1a2b3c4d" for the pod itself;
 * ids cut to 8 digits.  "" and 0 if none.
 */
size_t cgroup_container(const char *path, char *buf, size_t size);

#endif
