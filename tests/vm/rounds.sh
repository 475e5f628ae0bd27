# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by init: rounds of OOM that is not the machine's.  Each makes its cgroups, watches them
# with --scope, lets something grow until the kernel kills, and says who is left.
#   ow_rounds      names of the functions round_NAME below, with commas
#   ow_version     of cgroups: 2 (the default) or 1
#   ow_controller  the one of v1: memory (the default) or cpuset
#
# The environment is the kernel command line:
# shellcheck disable=SC2154

hierarchy=/sys/fs/cgroup
groups=''

mount_groups() {
	if [ "${ow_version:-2}" = 2 ]; then
		mount -t cgroup2 cgroup $hierarchy
		share $hierarchy
	else
		mount -t tmpfs cgroup $hierarchy
		hierarchy=$hierarchy/${ow_controller:-memory}
		mkdir "$hierarchy"
		mount -t cgroup -o "${ow_controller:-memory}" cgroup "$hierarchy" || {
			say "lacks v1 of ${ow_controller:-memory}"
			ow_rounds=
		}
	fi
}

# share FOLDER: what is below it has controllers of its own.
share() {
	for controller in memory cpuset; do
		echo +$controller >"$1/cgroup.subtree_control" 2>/dev/null
	done
}

# group PATH [FILE=VALUE...]: parents before their children.
group() {
	place=$hierarchy$1
	above=${place%/*}
	[ "${ow_version:-2}" = 1 ] || [ "$above" = "$hierarchy" ] || share "$above"
	mkdir "$place"
	groups="$1 $groups"
	shift
	for setting; do
		echo "${setting#*=}" >"$place/${setting%%=*}" || say "lacks $setting"
	done
}

# inside PATH WORD...: a hog in it; $! is its PID.
inside() {
	(echo 0 >"$hierarchy$1/cgroup.procs" && shift && exec hog "$@") &
}

# crowd_inside PATH TOTAL COUNT [WORD...]
crowd_inside() {
	place=$1 total=$2 count=$3
	shift 3
	crowds=$((crowds + 1))
	inside "$place" crowd=$((ow_seed * 10 + crowds)) total="$total" count="$count" \
		file=2:/disk/library "$@"
}

# What was started is there when anonymous memory does not grow any more.
settle() {
	last=
	usleep 300000
	while now=$(grep AnonPages /proc/meminfo) && [ "$now" != "$last" ]; do
		last=$now
		usleep 500000
	done
}

# begin SCOPE: the watcher starts.
begin() {
	say "round $name $1"
	watched=$1 watch
	relay=$!
	usleep 2000000
}

# Processes with a thread that lives, but for those of the kernel.
alive() {
	awk '{
		sub(/.*\) /, "")
		split(FILENAME, part, "/")
		if ($1 !~ /[ZX]/ && $21 > 0 && !seen[part[3]]++)
			printf " %s", part[3]
	}' /proc/[0-9]*/task/[0-9]*/stat 2>/dev/null
}

# fill PATH WORD...: something grows in it until somebody is killed.
fill() {
	into=$1
	shift
	before=$(kills)
	say "growth begins"
	inside "$into" rate="${ow_rate:-8}" name=leaker "$@"
	wait_kill "$before" 60 || say "no kill"
	usleep 1500000
	say "alive$(alive)"
}

# Whoever is in the cgroups is killed, and they are removed.
clear() {
	for path in $groups; do
		place=$hierarchy$path
		while pids=$(cat "$place/cgroup.procs" 2>/dev/null) && [ -n "$pids" ]; do
			# shellcheck disable=SC2086 # words
			kill -9 $pids 2>/dev/null
			usleep 100000
		done
		rmdir "$place" || say "still there: $path"
	done
	groups=''
}

# Nothing is left of a round.
end() {
	killall oomwatch 2>/dev/null
	wait "$relay"
	clear
}

# ---- limits of cgroup v2 ----

round_plain() {
	group /box memory.max=64M
	crowd_inside /box 24 6
	settle
	begin cgroup:/box
	fill /box
	fill /box rate=16
}

# oom_score_adj is a share of the limit, not of the machine.
round_adj() {
	group /box memory.max=64M
	inside /box anon=12 adj=400 name=exposed
	inside /box anon=30 adj=-300 name=shielded
	inside /box anon=4 adj=-1000 name=exempt
	settle
	begin cgroup:/box
	fill /box rate=4
	fill /box rate=6
}

# The limit lies on the parent, and who grows is not who is largest.
round_parent() {
	group /outer memory.max=64M
	group /outer/a
	group /outer/b
	crowd_inside /outer/a 20 5
	inside /outer/a anon=24 name=large
	settle
	begin cgroup:/outer
	fill /outer/b rate=5
}

# The parent's is tighter.
round_both() {
	group /outer memory.max=56M
	group /outer/a memory.max=96M
	crowd_inside /outer/a 20 5
	settle
	begin cgroup:/outer
	fill /outer/a
}

# The child's is tighter; its neighbour, which is larger, is not touched.
round_child() {
	group /outer memory.max=128M
	group /outer/a memory.max=48M
	group /outer/b
	inside /outer/b anon=60 name=neighbour
	crowd_inside /outer/a 16 4
	settle
	begin cgroup:/outer/a
	fill /outer/a
}

# Equals, of which the kernel takes whichever it meets last.
round_ties() {
	group /box memory.max=64M
	crowd_inside /box 48 3 equal
	settle
	begin cgroup:/box
	fill /box rate=3
}

# ---- with swap ----

round_swap_unset() {
	group /box memory.max=48M
	crowd_inside /box 24 6
	settle
	begin cgroup:/box
	fill /box rate=10
}

round_swap_max() {
	group /box memory.max=48M memory.swap.max=32M
	crowd_inside /box 24 6
	settle
	begin cgroup:/box
	fill /box
}

round_swap_none() {
	group /box memory.max=64M memory.swap.max=0
	crowd_inside /box 24 6
	settle
	begin cgroup:/box
	fill /box
}

# ---- memory.oom.group ----

round_group_self() {
	group /box memory.max=64M memory.oom.group=1
	crowd_inside /box 20 6
	inside /box anon=4 adj=-1000 name=exempt
	inside /box anon=4 sharer name=sharer
	settle
	begin cgroup:/box
	fill /box
}

# All below dies, in whichever of them the victim is.
round_group_above() {
	group /outer memory.max=64M memory.oom.group=1
	group /outer/a
	group /outer/b memory.oom.group=1
	crowd_inside /outer/a 16 4
	settle
	begin cgroup:/outer
	fill /outer/b
}

# Only the child dies whole.
round_group_child() {
	group /outer memory.max=64M
	group /outer/a memory.oom.group=1
	group /outer/b
	crowd_inside /outer/b 12 4
	inside /outer/a anon=6 name=partner
	settle
	begin cgroup:/outer
	fill /outer/a
}

# The victim is not in the one that would die whole.
round_group_beside() {
	group /outer memory.max=64M
	group /outer/a memory.oom.group=1
	group /outer/b
	inside /outer/a anon=12 name=partner
	inside /outer/a anon=4 name=partner
	settle
	begin cgroup:/outer
	fill /outer/b
}

# What lies above the limit that is hit does not count.
round_group_beyond() {
	group /outer memory.oom.group=1
	group /outer/a memory.max=48M
	group /outer/b
	inside /outer/b anon=8 name=partner
	crowd_inside /outer/a 16 4
	settle
	begin cgroup:/outer/a
	fill /outer/a
}

# ---- cgroup v1 ----

round_v1_plain() {
	group /box memory.limit_in_bytes=64M
	crowd_inside /box 24 6
	settle
	begin cgroup:/box
	fill /box
}

round_v1_parent() {
	group /outer memory.use_hierarchy=1 memory.limit_in_bytes=56M
	group /outer/a
	group /outer/b
	crowd_inside /outer/a 16 4
	settle
	begin cgroup:/outer
	fill /outer/b
}

# What is below does not count: the large one there is no candidate.
round_v1_flat() {
	group /outer memory.limit_in_bytes=48M
	group /outer/a
	if [ "$(cat $hierarchy/outer/memory.use_hierarchy)" != 0 ]; then
		say "lacks memory.use_hierarchy=0"
		return
	fi
	inside /outer/a anon=60 name=below
	crowd_inside /outer 16 4
	settle
	begin cgroup:/outer
	fill /outer
}

round_v1_memsw() {
	group /box memory.limit_in_bytes=48M memory.memsw.limit_in_bytes=72M
	crowd_inside /box 20 5
	settle
	begin cgroup:/box
	fill /box
}

round_v1_unswapped() {
	group /box memory.limit_in_bytes=64M memory.swappiness=0
	crowd_inside /box 20 5
	settle
	begin cgroup:/box
	fill /box
}

# Nobody dies, and whoever asks for memory waits.
round_v1_disabled() {
	group /box memory.limit_in_bytes=64M memory.oom_control=1
	crowd_inside /box 20 5
	settle
	begin cgroup:/box
	say "growth begins"
	inside /box rate=8 name=leaker
	tries=100
	while ! grep -q 'under_oom 1' $hierarchy/box/memory.oom_control && [ $tries -gt 0 ]; do
		usleep 200000
		tries=$((tries - 1))
	done
	say "tasks wait"
	usleep 6000000
	say "alive$(alive)"
	echo 192M >$hierarchy/box/memory.limit_in_bytes
}

# ---- sets of nodes; a guest with two ----

# confined PATH: only node 1 is for it.
confined() {
	group "$1" "cpuset.cpus=0" "cpuset.mems=1"
}

round_nodes() {
	group /outside
	[ "${ow_version:-2}" = 2 ] ||
		echo 0-1 | tee $hierarchy/outside/cpuset.cpus >$hierarchy/outside/cpuset.mems
	confined /box
	crowd_inside /outside 40 6
	crowd_inside /box 24 4
	settle
	begin nodes:1
	fill /box rate=10
}

# A memory policy: whom it spares cannot be seen from outside.
round_policy() {
	group /outside
	crowd_inside /outside 40 6
	settle
	begin nodes:1
	fill /outside rate=24 bind=1
}

# ---- a large machine ----

# Names like those of a container's runtime.
pod=/kubepods/burstable/pod1b671a64-40d5-491e-99b0-da01ff1f3341
container=$pod/cri-containerd-9c1f0d4be0a3427aa1e6f1c6a4d1a2b08e6cf7f2f5a0d0b1c2d3e4f5a6b7c8d9.scope

start_container() {
	group /kubepods
	group /kubepods/burstable
	group $pod
	group $container memory.max=256M
	crowd_inside $container 80 6
	settle
}

round_container() {
	start_container
	begin cgroup:$container
	fill $container rate=20
}

# ---- calm: full of cache, which goes as fast as it comes ----

cache() {
	name=cache
	group /box memory.max=48M
	inside /box anon=8 name=server
	dd if=/dev/zero of=/disk/big bs=1M count=96 2>/dev/null
	settle
	echo 3 >/proc/sys/vm/drop_caches
	begin cgroup:/box
	say "load begins"
	until=$(($(cut -d. -f1 /proc/uptime) + ${ow_seconds:-60}))
	(
		echo 0 >$hierarchy/box/cgroup.procs
		while [ "$(cut -d. -f1 /proc/uptime)" -lt "$until" ]; do
			if [ -n "$ow_mapped" ]; then
				hog file=96:/disk/big rest=1
			else
				cat /disk/big >/dev/null
			fi
		done
	)
	say "usage $(cat $hierarchy/box/memory.current) events $(xargs <$hierarchy/box/memory.events)"
	end
}

rounds() {
	for name in $(echo "$ow_rounds" | tr , ' '); do
		"round_$name"
		[ -z "$ow_capture" ] || return
		end
	done
}
