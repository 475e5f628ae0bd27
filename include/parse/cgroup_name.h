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

/** Hexadecimal digits of a container's id in full. */
#define CONTAINER_ID_DIGITS 64

/** The id of the innermost container in a path: a run of so many hexadecimal digits, no more and
 * no less; not NUL-terminated.  NULL if there is none. */
const char *cgroup_container_id(const char *path);

/**
 * What the name of the kubelet's link for a container says, "POD_NAMESPACE_CONTAINER-ID.log":
 * writes "NAMESPACE/POD:CONTAINER" (cut to fit) and sets *ret_id, which points into file.
 * Returns bytes written, 0 for another file.
 */
size_t cgroup_container_log(const char *file, const char **ret_id, char *buf, size_t size);

#endif
