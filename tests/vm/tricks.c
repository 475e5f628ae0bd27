/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tricks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define CHILD_STACK (64 * 1024)
#define REUSED_BYTES (1024 * 1024)
#define REUSE_TRIES 5000

void trick_relay(const char *device)
{
	static char buf[PAGE];
	const int out = open(device, O_WRONLY);
	ssize_t got;

	if (out < 0)
		hog_fail(device);
	mlockall(MCL_CURRENT);
	while ((got = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		if (write(out, buf, (size_t)got) != got)
			hog_fail(device);
	}
}

static int sleep_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return 0;
}

void trick_share_mm(void)
{
	char *stack = mmap(NULL, CHILD_STACK, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (stack == MAP_FAILED ||
		clone(sleep_for_ever, stack + CHILD_STACK, CLONE_VM | SIGCHLD, NULL) < 0)
		hog_fail("clone");
}

/* No libcap: the C library has no wrapper of capset. */
void trick_drop(const char *capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const unsigned bit = CAP_SYS_RESOURCE;

	if (strcmp(capability, "sys_resource") != 0) {
		errno = EINVAL;
		hog_fail(capability);
	}
	if (prctl(PR_CAPBSET_DROP, bit) < 0 || syscall(SYS_capget, &header, data) < 0)
		hog_fail("drop");
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, bit, 0, 0);
	data[CAP_TO_INDEX(bit)].effective &= ~CAP_TO_MASK(bit);
	data[CAP_TO_INDEX(bit)].permitted &= ~CAP_TO_MASK(bit);
	data[CAP_TO_INDEX(bit)].inheritable &= ~CAP_TO_MASK(bit);
	if (syscall(SYS_capset, &header, data) < 0)
		hog_fail("capset");
}

/* No libnuma: the C library has no wrapper of set_mempolicy. */
void trick_bind(int64_t node)
{
	const unsigned long nodes = 1ul << node;

	if (syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, sizeof(nodes) * 8) < 0)
		hog_fail("set_mempolicy");
}

static void stay_reused(int ready)
{
	char *area = malloc(REUSED_BYTES);

	if (!area)
		hog_fail("malloc");
	memset(area, 1, REUSED_BYTES);
	prctl(PR_SET_NAME, "reused");
	if (write(ready, area, 1) < 0)
		hog_fail("reuse");
	close(ready);
	sleep_for_ever(NULL);
}

int trick_reuse(int64_t pid)
{
	int ready[2];
	char byte;

	if (pipe(ready) < 0)
		hog_fail("pipe");
	for (int i = 0; i < REUSE_TRIES; i++) {
		const pid_t child = fork();

		if (child < 0)
			hog_fail("fork");
		if (child == 0) {
			if (getpid() == pid)
				stay_reused(ready[1]);
			_exit(0);
		}
		if (child == pid) {
			close(ready[1]);
			if (read(ready[0], &byte, 1) != 1)
				break;
			printf("reused %d\n", (int)pid);
			return 0;
		}
		waitpid(child, NULL, 0);
	}
	printf("no luck\n");
	return 1;
}
