# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# oom_score_adj up and down through the screen's own keys, with every capability: the
# kernel's oom_score follows, undo and --restore-on-exit bring it back, and who is foretold
# dies.
# vm: quick mem=256
adj() {
	cat "/proc/$1/oom_score_adj"
}

shown() {
	grep -c -- "$1" "$2"
}

alpha=$(start alpha 40)
beta=$(start beta 30)
score=$(cat "/proc/$beta/oom_score")

# select: the keys that go to a process.
select_pid() {
	printf 'tick\nkey :\ntext %s\nkey Enter\n' "$1"
}

{
	select_pid "$beta"
	echo "key F8
save /tmp/preview
key Enter
save /tmp/done"
} >/tmp/script
oomwatch -d 0.2 --log=/tmp/log --script /tmp/script
expect "raise: exit code" "$?" 0
expect "raise: a step" "$(adj "$beta")" 100
# 100 thousandths of RAM, of which two thirds are shown; T/1000 loses its rest first.
higher=$(($(cat "/proc/$beta/oom_score") - score))
expect "raise: the kernel's oom_score is higher by 65 to 67" "$((higher >= 65 && higher <= 67))" 1
expect "raise: before Enter it is shown that it is first then" \
	"$(($(shown "1st" /tmp/preview) > 0))" 1
expect "raise: said" "$(shown "ADJ of beta $beta: 0 -> 100" /tmp/done)" 1
expect "raise: in the log file" "$(shown "ADJ of beta $beta: 0 -> 100" /tmp/log)" 1

{
	select_pid "$alpha"
	echo "key a
key ^U
text -500
key Enter
save /tmp/done
key Backspace
save /tmp/undo
key Enter
save /tmp/undone
key a
key ^U
text -1000
key Enter"
} >/tmp/script
oomwatch -d 0.2 --script /tmp/script
expect "lower: exit code" "$?" 0
expect "lower: said" "$(shown "ADJ of alpha $alpha: 0 -> -500" /tmp/done)" 1
expect "undo: said" "$(shown "ADJ of alpha $alpha: -500 -> 0" /tmp/undone)" 1
expect "lower: -1000" "$(adj "$alpha")" -1000
expect "lower: the kernel's oom_score is 0" "$(cat "/proc/$alpha/oom_score")" 0

{
	echo "key x" # it is exempt now
	select_pid "$alpha"
	echo "key a
key ^U
text 300
key Enter
key F8
key Enter"
} >/tmp/script
oomwatch -d 0.2 --restore-on-exit --script /tmp/script 2>/tmp/said
expect "restore: exit code" "$?" 0
expect "restore: what it was" "$(adj "$alpha")" -1000
expect "restore: said" "$(shown "restored: ADJ of alpha $alpha" /tmp/said)" 1

# alpha is larger, but exempt now; beta is first.
before=$(kills)
echo f >/proc/sysrq-trigger
wait_kill "$before" 20
expect "who dies: a process" "$?" 0
sleep 1
expect "who dies: not the protected one" "$(cat "/proc/$alpha/comm")" alpha
expect "who dies: the exposed one" "$([ -d "/proc/$beta" ] && grep -c '^State:.[SR]' "/proc/$beta/status" || echo 0)" 0
