/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "collect/killers_parts.h"
#include "parse/kubelet.h"

/** More than any such file. */
#define CONF_BYTES_MAX 65536

/* path may be NULL. */
static void say(struct killer *ret, const char *path, const char *what)
{
	struct text text;

	text_init(&text, ret->settings_why, sizeof(ret->settings_why));
	if (path)
		text_add_clean(&text, path, strlen(path));
	text_add(&text, what);
}

/* Lay its file over the defaults; says why where it cannot. */
static int read_conf(const struct killer_process *process, const char *path, struct arena *arena,
	struct killer *ret)
{
	char *conf, why[64];
	size_t len;
	int error;

	if (*path != '/') {
		say(ret, path, " is no whole path");
		return -EINVAL;
	}
	error = killer_read_file(process, path, CONF_BYTES_MAX, arena, &conf, &len);
	if (error < 0) {
		snprintf(why, sizeof(why), ": %s", strerror(-error));
		say(ret, path, why);
		return error;
	}
	error = parse_kubelet_conf(conf, len, &ret->kubelet);
	if (error < 0)
		say(ret, path, " is not understood");
	return error;
}

/* The path of its file, NULL if none is named; 0 or -ENOMEM. */
static int copy_path(const struct kubelet_files *files, struct arena *arena, const char **ret)
{
	*ret = NULL;
	if (files->config.at)
		*ret = arena_text(arena, files->config.at, files->config.len);
	return files->config.at && !*ret ? -ENOMEM : 0;
}

static int load(const struct killer_process *process, struct arena *arena, struct killer *ret)
{
	struct kubelet_settings flags_alone;
	struct kubelet_files files;
	const char *path;
	int error;

	ret->settings = SETTINGS_UNREAD;
	if (process->args_error < 0 || process->args_len == 0) {
		say(ret, NULL, "its command line could not be read");
		return 0;
	}
	if (parse_kubelet_args(process->args, process->args_len, &flags_alone, &files) < 0) {
		say(ret, NULL, "its command line has a threshold that is not understood");
		return 0;
	}
	error = copy_path(&files, arena, &path);
	if (error < 0)
		return error;
	kubelet_defaults(&ret->kubelet);
	if (path && read_conf(process, path, arena, ret) < 0)
		return 0;
	/* What stands on the command line counts more than the file. */
	parse_kubelet_args(process->args, process->args_len, &ret->kubelet, &files);
	ret->settings = path || files.drop_in.at ? SETTINGS_FILES : SETTINGS_DAEMON;
	if (files.drop_in.at)
		say(ret, path ? path : "defaults", "; files of --config-dir are not read");
	else
		say(ret, path, path ? "" : "its command line");
	return 0;
}

const struct killer_part killer_part_kubelet = {
	.kind = KILLER_KUBELET,
	.comm = "kubelet",
	.load = load,
};
