# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Without CAP_SYS_RESOURCE: raising works, lowering is refused in words and changes nothing.
# vm: quick mem=256
shown() {
	grep -c -- "$1" "$2"
}

alpha=$(start alpha 30)
echo "tick
key :
text $alpha
key Enter
key F7
save /tmp/preview
key Enter
save /tmp/lowered
key F8
key Enter
save /tmp/raised" >/tmp/script
hog drop=sys_resource exec oomwatch -d 0.2 --script /tmp/script
expect "exit code" "$?" 0
expect "before Enter the missing right is named" "$(($(shown CAP_SYS_RESOURCE /tmp/preview) > 0))" 1
expect "the refusal is in words" "$(($(shown EACCES /tmp/lowered) > 0))" 1
expect "raising is said" "$(shown "ADJ of alpha $alpha: 0 -> 100" /tmp/raised)" 1
expect "raised and not lowered" "$(cat "/proc/$alpha/oom_score_adj")" 100

echo "tick
key :
text $alpha
key Enter
key F8
key Enter
save /tmp/raise
key Esc
key F9
key Down
key Enter
save /tmp/kill
text y
key Esc
key Esc
key F9
key End
key Enter
save /tmp/sysrq" >/tmp/script
before=$(kills)
oomwatch -d 0.2 --read-only --script /tmp/script
expect "--read-only: exit code" "$?" 0
expect "--read-only: ADJ in words" "$(($(shown read-only /tmp/raise) > 0))" 1
expect "--read-only: KILL in words" "$(($(shown read-only /tmp/kill) > 0))" 1
expect "--read-only: sysrq-f in words" "$(($(shown read-only /tmp/sysrq) > 0))" 1
expect "--read-only: ADJ is what it was" "$(cat "/proc/$alpha/oom_score_adj")" 100
expect "--read-only: it lives" "$(cat "/proc/$alpha/comm")" alpha
expect "--read-only: nobody was killed" "$(kills)" "$before"
