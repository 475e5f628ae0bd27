# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sysrq-f through the screen: a wrong word does nothing, the right one kills the foretold
# process, and the screen says so.
# vm: quick mem=256
shown() {
	grep -c -- "$1" "$2"
}

alpha=$(start alpha 50)
beta=$(start beta 30)
before=$(kills)
echo "size 140x40
tick
key F9
key End
save /tmp/menu
key Enter
save /tmp/preflight
text alpha 1
key Enter
save /tmp/wrong
key ^U
text alpha $alpha
save /tmp/typed
key Enter
wait-message as?foretold 20
save /tmp/verified" >/tmp/script
oomwatch -d 0.2 --log=/tmp/log --script /tmp/script
expect "exit code" "$?" 0
expect "before: the foretold one is named" "$(($(shown "alpha $alpha" /tmp/preflight) > 0))" 1
expect "before: the runner-up is named" "$(($(shown "beta $beta" /tmp/preflight) > 0))" 1
expect "before: it acts on the whole host" "$(($(shown "hole host" /tmp/preflight) > 0))" 1
expect "the wrong word does nothing" "$(($(shown "nothing was done" /tmp/wrong) > 0))" 1
expect "one kill" "$(($(kills) - before))" 1
expect "the kernel named the foretold one" "$(dmesg | grep -c "Killed process $alpha (alpha)")" 1
expect "the screen says so" "$(($(shown "the kernel killed alpha $alpha, as foretold" /tmp/verified) > 0))" 1
expect "and the log file" "$(($(shown "the kernel killed alpha $alpha, as foretold" /tmp/log) > 0))" 1
expect "the runner-up lives" "$(cat "/proc/$beta/comm")" beta
