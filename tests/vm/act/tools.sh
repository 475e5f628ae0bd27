# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tools of the other scripts.  Read by init; quick: also in the quick run, mem and swap as
# in tests/vm/cases.py:
# vm: quick=6.12 mem=256

# A process of a given size.
pid=$(start first 20)
expect "start: it has its name" "$(cat "/proc/$pid/comm")" first
rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
expect "start: it has its memory" "$((rss >= 20480 && rss < 24576))" 1

# Without CAP_SYS_RESOURCE a score can go up, and back only as far as it was set with it.
caps=$(hog drop=sys_resource exec sed -n 's/^CapBnd:[^0-9a-f]*//p' /proc/self/status)
expect "drop: out of the bounding set" "$((0x$caps >> 24 & 1))" 0
expect "drop: the rest stays" "$((0x$caps >> 21 & 1))" 1
caps=$(hog drop=sys_resource exec sed -n 's/^CapEff:[^0-9a-f]*//p' /proc/self/status)
expect "drop: not effective" "$((0x$caps >> 24 & 1))" 0
expect "drop: others are effective" "$((0x$caps >> 21 & 1))" 1
hog drop=sys_resource exec sh -c "echo -100 >/proc/$pid/oom_score_adj" 2>/dev/null
expect "drop: a lower score is refused" "$(cat "/proc/$pid/oom_score_adj")" 0
hog exec sh -c "echo -100 >/proc/$pid/oom_score_adj"
expect "with it a lower score is set" "$(cat "/proc/$pid/oom_score_adj")" -100

# The same PID again.
kill -9 "$pid"
wait "$pid" 2>/dev/null
# In a file: what stays would hold a pipe open.
hog reuse="$pid" >/tmp/reuse
expect "reuse: it says so" "$(cat /tmp/reuse)" "reused $pid"
expect "reuse: it has the PID" "$(cat "/proc/$pid/comm")" reused
hog reuse=1 >/tmp/reuse
expect "reuse: no luck with a PID that is taken" "$(cat /tmp/reuse)" "no luck"
expect "kills: none yet" "$(kills)" 0
