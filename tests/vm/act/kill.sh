# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kill menu: KILL with process_mrelease ends the selected process and no other; TERM is
# taken by who handles it; PID 1 and oomwatch itself are refused.
# vm: quick mem=256
shown() {
	grep -c -- "$1" "$2"
}

gone() {
	tries=50
	while [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" && [ $tries -gt 0 ]; do
		usleep 200000
		tries=$((tries - 1))
	done
	[ $tries -gt 0 ] && echo gone || echo "still there"
}

alpha=$(start alpha 60)
beta=$(start beta 30)
echo "tick
key :
text $alpha
key Enter
key F9
save /tmp/menu
key Down
key Enter
save /tmp/asked
key Enter
save /tmp/not
key F9
key Down
key Enter
text y
save /tmp/sent
wait-message alpha*has?ended 20
tick 3
key 5
save /tmp/log" >/tmp/script
oomwatch -d 0.2 --script /tmp/script
expect "KILL: exit code" "$?" 0
expect "KILL: Enter alone sends nothing" "$(($(shown "nothing was sent" /tmp/not) > 0))" 1
expect "KILL: said" "$(($(shown "sent KILL to alpha $alpha" /tmp/log) > 0))" 1
expect "KILL: it is gone" "$(gone "$alpha")" gone
case $(uname -r) in
5.10.*) ;; # process_mrelease came with 5.15
*) expect "KILL: what process_mrelease came to is said" \
	"$(($(shown process_mrelease /tmp/log) + $(shown "had to be taken back" /tmp/log) > 0))" 1 ;;
esac
expect "KILL: the other lives" "$(cat "/proc/$beta/comm")" beta

echo "tick
key :
text $beta
key Enter
key F9
key Enter
text y
wait-message beta*has?ended 20" >/tmp/script
oomwatch -d 0.2 --script /tmp/script
expect "TERM: exit code" "$?" 0
expect "TERM: it is gone" "$(gone "$beta")" gone

echo "tick
key x
key :
text 1
key Enter
key F9
key Down
key Enter
save /tmp/init
text y
save /tmp/init2" >/tmp/script
oomwatch -d 0.2 --script /tmp/script
expect "PID 1 is refused in words" "$(($(shown refused /tmp/init) + $(shown refused /tmp/init2) > 0))" 1
