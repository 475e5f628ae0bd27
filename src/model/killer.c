/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/killer.h"

const char *killer_name(enum killer_kind kind)
{
	static const char *const names[KILLER_KINDS] = {
		[KILLER_SYSTEMD_OOMD] = "systemd-oomd",
		[KILLER_EARLYOOM] = "earlyoom",
		[KILLER_OOMD] = "oomd",
		[KILLER_NOHANG] = "nohang",
		[KILLER_KUBELET] = "kubelet",
	};

	return kind < KILLER_KINDS ? names[kind] : "?";
}
