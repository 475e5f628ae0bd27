# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Between selection and action the process ends and another one gets its PID: nothing may
# happen to that one, 100 times of 100; half with oom_score_adj, half with KILL.
# vm: quick=6.1 mem=256
times=100

comm_of() {
	cat "/proc/$1/comm" 2>/dev/null
}

# wait_file FILE: until it is there.
wait_file() {
	tries=200
	while [ ! -e "$1" ] && [ $tries -gt 0 ]; do
		usleep 50000
		tries=$((tries - 1))
	done
}

# After it has wrapped, the kernel gives PIDs from 300 on only.
echo 400 >/proc/sys/kernel/pid_max
hog reuse=350 >/tmp/reuse
pid=350
expect "a first process" "$(comm_of $pid)" reused

mkfifo /tmp/keys
oomwatch -d 0.1 --script - </tmp/keys &
watcher=$!
exec 3>/tmp/keys
i=0 untouched=0 reused=0 said=0
while [ $i -lt $times ]; do
	i=$((i + 1))
	[ $((i % 10)) != 1 ] || say "round $i"
	rm -f /tmp/ready /tmp/after /tmp/over
	printf 'tick\nkey :\ntext %s\nkey Enter\n' $pid >&3
	if [ $((i % 2)) = 0 ]; then
		printf 'key F8\nsave /tmp/ready\n' >&3
		last='key Enter'
	else
		printf 'key F9\nkey Down\nkey Enter\nsave /tmp/ready\n' >&3
		last='text y'
	fi
	wait_file /tmp/ready
	kill -9 $pid
	tries=200
	while [ -d /proc/$pid ] && [ $tries -gt 0 ]; do
		(exit 0) # waiting for its own child, the shell takes in others: it is PID 1
		usleep 10000
		tries=$((tries - 1))
	done
	hog reuse=$pid >/tmp/reuse 3>&- # it stays, and would keep the pipe open
	[ "$(comm_of $pid)" = reused ] && reused=$((reused + 1))
	printf '%s\nsave /tmp/after\nsave /tmp/over\n' "$last" >&3
	wait_file /tmp/over
	grep -q 'nothing was done' /tmp/after && said=$((said + 1))
	[ "$(comm_of $pid)" = reused ] && [ "$(cat /proc/$pid/oom_score_adj)" = 0 ] &&
		untouched=$((untouched + 1))
done
exec 3>&-
wait $watcher
expect "exit code" "$?" 0
expect "the PID was taken again" $reused $times
expect "the new process is untouched" $untouched $times
expect "and it is said that nothing was done" $said $times
