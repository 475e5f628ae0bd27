/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "parse/cgroup_name.h"
#include "unit.h"

#define ID64 "0f3a91c2b4d5e6f708192a3b4c5d6e7f0f3a91c2b4d5e6f708192a3b4c5d6e7f"
#define POD_SLICE "kubepods-burstable-pod1a2b3c4d_5e6f_7081_92a3_b4c5d6e7f809.slice"
#define POD_UID "1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809"

static void units_are_the_last_ones_of_a_path(void)
{
	static const struct {
		const char *path;
		const char *want;
	} cases[] = {
		{ "/system.slice/ssh.service", "ssh.service" },
		{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope" },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/app-foo.scope",
			"app-foo.scope" },
		{ "/user.slice/user-1000.slice/user@1000.service/init.scope", "user@1000.service" },
		{ "/system.slice/foo.service/payload", "foo.service" },
		{ "/system.slice/foo.service/sub.d/x.y", "foo.service" },
		{ "/user.slice/user-1000.slice", "user-1000.slice" },
		{ "/system.slice", "system.slice" },
		{ "/system.slice/dbus.socket", "dbus.socket" },
		{ "/system.slice/tmp.mount", "tmp.mount" },
		{ "/system.slice/dev-sda2.swap", "dev-sda2.swap" },
		{ "/system.slice/dev-disk-by\\x2duuid-1\\x2d2.swap", "dev-disk-by-uuid-1-2.swap" },
		{ "/system.slice/ssh.service (deleted)", "ssh.service" },
		{ "/system.slice/_cpu.weight.service", "cpu.weight.service" },
		{ "/system.slice/__x.service", "_x.service" },
		{ "/../system.slice/a.service", "a.service" },
		{ "//system.slice///a.service//", "a.service" },
		{ "a.service", "a.service" },
		{ "/init.scope", "" },
		{ "/-.slice", "" },
		{ "/", "" },
		{ "", "" },
		{ "/docker/" ID64, "" },
		{ "/x.services", "" },
		{ "/.service", "" },
		{ "/service", "" },
		{ "/a.service.d", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[128] = "old";

		expect_int(cases[i].path, cgroup_unit(cases[i].path, buf, sizeof(buf)),
			strlen(cases[i].want));
		expect_text(cases[i].path, buf, cases[i].want);
	}
}

static void only_whole_escapes_are_undone(void)
{
	static const struct {
		const char *path;
		const char *want;
	} cases[] = {
		{ "/a\\x2d\\x2D.service", "a--.service" },
		{ "/a\\x00.service", "a\\x00.service" },
		{ "/a\\x2.service", "a\\x2.service" },
		{ "/a\\xg0.service", "a\\xg0.service" },
		{ "/a\\x -.service", "a\\x -.service" },
		{ "/a\\n\\\\.service", "a\\n\\\\.service" },
		{ "/\\xc3\\xa4.service", "\xc3\xa4.service" },
		{ "/a\\x2f.service", "a/.service" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64];

		cgroup_unit(cases[i].path, buf, sizeof(buf));
		expect_text(cases[i].path, buf, cases[i].want);
	}
}

static void containers_are_named_by_runtime(void)
{
	static const struct {
		const char *path;
		const char *want;
	} cases[] = {
		{ "/docker/" ID64, "docker:0f3a91c2" },
		{ "/system.slice/docker-" ID64 ".scope", "docker:0f3a91c2" },
		{ "/machine.slice/libpod-" ID64 ".scope/container", "podman:0f3a91c2" },
		{ "/libpod_parent/libpod-" ID64, "podman:0f3a91c2" },
		{ "/kubepods.slice/" POD_SLICE "/crio-" ID64 ".scope", "crio:0f3a91c2" },
		{ "/kubepods.slice/" POD_SLICE "/cri-containerd-" ID64 ".scope",
			"containerd:0f3a91c2" },
		{ "/kubepods/burstable/pod" POD_UID "/crio-" ID64, "crio:0f3a91c2" },
		{ "/system.slice/nerdctl-" ID64 ".scope", "containerd:0f3a91c2" },
		{ "/lxc/web", "lxc:web" },
		{ "/lxc.payload/web/system.slice/a.service", "lxc:web" },
		{ "/lxc.payload.web-1/init.scope", "lxc:web-1" },
		{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt", "machine:qemu-1-vm" },
		{ "/machine.slice/systemd-nspawn@deb12.service/payload", "machine:deb12" },
		{ "/kubepods.slice/kubepods-burstable.slice/" POD_SLICE, "pod 1a2b3c4d" },
		{ "/kubepods.slice/kubepods-pod1a2b3c4d_5e6f.slice", "pod 1a2b3c4d" },
		{ "/kubepods/besteffort/pod" POD_UID, "pod 1a2b3c4d" },
		{ "/kubepods/pod" POD_UID, "pod 1a2b3c4d" },
		/* The runtime is not said here. */
		{ "/kubepods/burstable/pod" POD_UID "/" ID64, "pod 1a2b3c4d" },
		/* The innermost one. */
		{ "/lxc/web/docker/" ID64, "docker:0f3a91c2" },
		{ "/docker/" ID64 "/kubelet.slice/kubelet-kubepods-pod1a2b3c4d_5e6f.slice",
			"pod 1a2b3c4d" },
		{ "/docker/" ID64 " (deleted)", "docker:0f3a91c2" },
		{ "/machine.slice/libpod-conmon-" ID64 ".scope", "" },
		{ "/system.slice/docker-short.scope", "" },
		{ "/system.slice/docker-0f3a91c.scope", "" },
		{ "/system.slice/docker-0f3a91c2", "" },
		{ "/system.slice/docker.service", "" },
		{ "/docker", "" },
		{ "/docker/buildx", "" },
		{ "/lxc.monitor.web", "" },
		{ "/lxc.payload.", "" },
		{ "/machine.slice", "" },
		{ "/machine-.scope", "" },
		{ "/kubepods.slice/kubepods-burstable.slice", "" },
		{ "/kubepods/burstable", "" },
		{ "/burstable/podium-of-winners", "" },
		{ "/user.slice/pod" POD_UID, "" },
		{ "/system.slice/ssh.service", "" },
		{ "/", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[128] = "old";

		expect_int(cases[i].path, cgroup_container(cases[i].path, buf, sizeof(buf)),
			strlen(cases[i].want));
		expect_text(cases[i].path, buf, cases[i].want);
	}
}

static void names_are_cut_to_the_room(void)
{
	static const char unit[] = "/system.slice/abcdefgh.service";
	char buf[32];

	expect_int("fits", cgroup_unit(unit, buf, 17), 16);
	expect_text("fits", buf, "abcdefgh.service");
	expect_int("cut", cgroup_unit(unit, buf, 16), 15);
	expect_text("cut", buf, "abcdefgh.servic");
	expect_int("no room", cgroup_unit(unit, buf, 1), 0);
	expect_text("no room", buf, "");
	expect_int("container", cgroup_container("/docker/" ID64, buf, 10), 9);
	expect_text("container", buf, "docker:0f");
	expect_int("no room", cgroup_container("/docker/" ID64, buf, 1), 0);
	expect_text("no room", buf, "");
}

static void names_longer_than_a_file_name_are_cut(void)
{
	char path[2048], buf[2048];

	snprintf(path, sizeof(path), "/%01000d.service", 0);
	expect_int("255 bytes", cgroup_unit(path, buf, sizeof(buf)), 255);
	snprintf(path, sizeof(path), "/lxc/%01000d", 0);
	expect_int("prefix and 255", cgroup_container(path, buf, sizeof(buf)), 4 + 255);
}

extern CU_TestInfo cgroup_name_tests[];

CU_TestInfo cgroup_name_tests[] = {
	{ "units are the last ones of a path", units_are_the_last_ones_of_a_path },
	{ "only whole escapes are undone", only_whole_escapes_are_undone },
	{ "containers are named by runtime", containers_are_named_by_runtime },
	{ "names are cut to the room", names_are_cut_to_the_room },
	{ "names longer than a file name are cut", names_longer_than_a_file_name_are_cut },
	CU_TEST_INFO_NULL,
};
