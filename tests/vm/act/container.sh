# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A machine with plenty of memory, and one container of 256 MiB that fills: before the kernel
# kills there, --check says critical and names it; 10 s later, started again, all is well.
# vm: quick=6.1 mem=4096 limit=150
# shellcheck disable=SC2154 # of rounds.sh
shown() {
	grep -c -- "$1" "$2"
}

mount_groups
dd if=/dev/zero of=/disk/big bs=1M count=64 2>/dev/null
sync
echo 3 >/proc/sys/vm/drop_caches # who reads it first is charged for it
start_container
oomwatch --check >/tmp/check
expect "at first: exit code" "$?" 0
expect "at first: in words" "$(shown '^OK ' /tmp/check)" 1

# What it reads fills the rest of its limit, as in most containers.
inside "$container" anon=152 name=server
(
	echo 0 >"$hierarchy$container/cgroup.procs"
	while :; do
		cat /disk/big >/dev/null
		usleep 100000
	done
) &
usleep 3000000
oomwatch --check >/tmp/check
expect "full of cache: exit code" "$?" 0

before=$(kills)
inside "$container" rate=1500k name=leaker
code=0 last=0
while [ "$(kills)" = "$before" ] && [ "$code" != 20 ]; do
	oomwatch --check >/tmp/check
	code=$?
	if [ "$(kills)" = "$before" ]; then
		last=$code
		cp /tmp/check /tmp/before
	fi
	say "$code: $(cat /tmp/check)"
done
expect "before the kill: exit code" "$last" 20
expect "before the kill: it names the container" \
	"$(($(shown '^CRITICAL .*containerd:9c1f0d4b' /tmp/before) > 0))" 1
wait_kill "$before" 30
expect "a kill" "$?" 0
expect "there" "$(dmesg | grep -c "oom_memcg=$container")" 1
sleep 1
clear
start_container
sleep 9
oomwatch --check >/tmp/check
expect "started again, 10 s later: exit code" "$?" 0
expect "started again: in words" "$(shown '^OK ' /tmp/check)" 1
