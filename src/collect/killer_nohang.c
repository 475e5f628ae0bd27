/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "collect/killers_parts.h"
#include "parse/nohang.h"

/** More than the shipped file with all its comments. */
#define CONF_BYTES_MAX 65536

static bool is_it(const char *args, size_t args_len)
{
	struct span config;

	return parse_nohang_args(args, args_len, &config);
}

static void say(struct killer *ret, const char *path, const char *what)
{
	struct text text;

	text_init(&text, ret->settings_why, sizeof(ret->settings_why));
	text_add_clean(&text, path, strlen(path));
	text_add(&text, what);
}

static void read_conf(const struct killer_process *process, const char *path, struct arena *arena,
	struct killer *ret)
{
	char *conf;
	size_t len;
	const int error = killer_read_file(process, path, CONF_BYTES_MAX, arena, &conf, &len);

	if (error < 0) {
		say(ret, path, ": ");
		snprintf(ret->settings_why + strlen(ret->settings_why),
			sizeof(ret->settings_why) - strlen(ret->settings_why), "%s",
			strerror(-error));
		return;
	}
	if (parse_nohang_conf(conf, len, &ret->nohang) < 0) {
		say(ret, path, " is not understood");
		return;
	}
	ret->settings = SETTINGS_FILES;
	say(ret, path, "");
}

static int load(const struct killer_process *process, struct arena *arena, struct killer *ret)
{
	struct span config;
	char *path;

	ret->settings = SETTINGS_UNREAD;
	if (process->args_error < 0) {
		snprintf(ret->settings_why, sizeof(ret->settings_why),
			"its command line could not be read: %s", strerror(-process->args_error));
		return 0;
	}
	if (!parse_nohang_args(process->args, process->args_len, &config) || !config.at ||
		config.len == 0 || *config.at != '/') {
		snprintf(ret->settings_why, sizeof(ret->settings_why),
			"its command line names no file with a whole path");
		return 0;
	}
	path = arena_text(arena, config.at, config.len);
	if (!path)
		return -ENOMEM;
	read_conf(process, path, arena, ret);
	return 0;
}

const struct killer_part killer_part_nohang = {
	.kind = KILLER_NOHANG,
	.comm = "nohang",
	.is_it = is_it,
	.load = load,
};
