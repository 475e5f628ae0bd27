/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/unit_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/value.h"

#define FILE_BYTES_MAX 65536
#define DROPINS_MAX 64
#define NAME_BYTES (UNIT_NAME_MAX + 1)

/** Of a drop-in's name; nobody's are longer, and all of them lie on the stack. */
#define DROPIN_BYTES 128

/** Slices are there without any file. */
#define SLICE ".slice"

/** Room for the longest place, a folder and a file. */
#define PATH_BYTES 640

/** Of systemd.unit(5), table "Load path when running in system mode"; the first counts. */
static const char *const unit_places[] = {
	"etc/systemd/system.control",
	"run/systemd/system.control",
	"run/systemd/transient",
	"run/systemd/generator.early",
	"etc/systemd/system",
	"etc/systemd/system.attached",
	"run/systemd/system",
	"run/systemd/system.attached",
	"run/systemd/generator",
	"usr/local/lib/systemd/system",
	"usr/lib/systemd/system",
	"lib/systemd/system",
	"run/systemd/generator.late",
};

/** Of systemd-system.conf(5). */
static const char *const manager_places[] = {
	"etc/systemd",
	"run/systemd",
	"usr/local/lib/systemd",
	"usr/lib/systemd",
	"lib/systemd",
};

/** "prefix@instance.type", or "prefix.type" without "@instance". */
struct unit_name {
	const char *text;
	int prefix_len;
	int instance_len; /**< with its '@'; 0 none, 1 a template */
	const char *type; /**< ".service", ".scope" */
};

enum folder_form {
	FOLDER_EXACT,    /**< "prefix@instance.type.d" */
	FOLDER_TEMPLATE, /**< "prefix@.type.d" */
	FOLDER_PLAIN,    /**< "prefix.type.d" */
	FOLDER_TYPE,     /**< "type.d" */
	FOLDER_MANAGER,  /**< "system.conf.d", "oomd.conf.d" */
};

/** A folder of drop-ins; its path is made when needed. */
struct folder {
	const char *place;
	int prefix_len;
	enum folder_form form;
};

struct dropin {
	char name[DROPIN_BYTES];
	struct folder folder;
};

/** All that looking for the files of one unit needs. */
struct search {
	const struct root *root;
	struct unit_name unit;
	const char *conf;                   /**< "system.conf" */
	struct folder folder;               /**< the one that is listed */
	struct dropin dropins[DROPINS_MAX]; /**< in order of name */
	unsigned n_dropins;
	bool too_many;
	bool merged; /**< lib is a link that a recording does not follow, to usr/lib surely */
	char path[PATH_BYTES];
	char text[FILE_BYTES_MAX];
};

static void search_init(struct search *search, const struct root *root)
{
	search->root = root;
	search->unit = (struct unit_name){ .text = "", .type = "" };
	search->n_dropins = 0;
	search->too_many = false;
	search->merged = !root->live && root_list_numbers(root, "lib", NULL, 0) == -ELOOP;
}

static int split_name(const char *name, struct unit_name *ret)
{
	static const char *const types[] = { ".service", ".scope", SLICE };
	const size_t len = strlen(name);
	const char *const at = strchr(name, '@');

	if (len > UNIT_NAME_MAX || strchr(name, '/'))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const size_t type_len = strlen(types[i]);
		size_t prefix_len;

		if (len <= type_len || strcmp(name + len - type_len, types[i]) != 0)
			continue;
		prefix_len = at ? (size_t)(at - name) : len - type_len;
		if (prefix_len == 0)
			return -EINVAL;
		ret->text = name;
		ret->prefix_len = (int)prefix_len;
		ret->instance_len = (int)(len - type_len - prefix_len);
		ret->type = types[i];
		return 0;
	}
	return -EINVAL;
}

static bool is_skipped(const struct search *search, const char *place)
{
	return search->merged && strncmp(place, "lib/", 4) == 0;
}

/** Lay a file over what is known: 1, or 0 if it is empty, or -errno. */
static int read_one(struct search *search, struct unit_file *unit)
{
	const ssize_t len =
		root_read(search->root, search->path, search->text, sizeof(search->text));

	if (len <= 0)
		return (int)len;
	parse_unit_file(search->text, (size_t)len, unit);
	return 1;
}

static bool is_absent(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -EISDIR;
}

/** The first file of that name in the places, laid over *unit. */
static int read_first(struct search *search, const char *const places[], size_t n_places,
	const char *name, struct unit_file *unit)
{
	for (size_t i = 0; i < n_places; i++) {
		int got;

		if (is_skipped(search, places[i]))
			continue;
		snprintf(search->path, sizeof(search->path), "%s/%s", places[i], name);
		got = read_one(search, unit);
		if (!is_absent(got))
			return got;
	}
	return -ENOENT;
}

static int read_fragment(struct search *search, struct unit_file *unit)
{
	const struct unit_name *name = &search->unit;
	char template[NAME_BYTES];
	int got = read_first(search, unit_places, ARRAY_SIZE(unit_places), name->text, unit);

	if (got == -ENOENT && name->instance_len > 1) {
		snprintf(template, sizeof(template), "%.*s@%s", name->prefix_len, name->text,
			name->type);
		got = read_first(search, unit_places, ARRAY_SIZE(unit_places), template, unit);
	}
	if (got < 0)
		return got;
	return got == 0 ? -ENODATA : 0;
}

/** Write the path of a folder; false if no file system could hold its name. */
static bool folder_path(struct search *search, const struct folder *folder)
{
	const struct unit_name *unit = &search->unit;
	char name[NAME_BYTES];
	int len = -1;

	switch (folder->form) {
	case FOLDER_EXACT:
		len = snprintf(name, sizeof(name), "%.*s%.*s%s.d", folder->prefix_len, unit->text,
			unit->instance_len, unit->text + unit->prefix_len, unit->type);
		break;
	case FOLDER_TEMPLATE:
		len = snprintf(name, sizeof(name), "%.*s@%s.d", folder->prefix_len, unit->text,
			unit->type);
		break;
	case FOLDER_PLAIN:
		len = snprintf(
			name, sizeof(name), "%.*s%s.d", folder->prefix_len, unit->text, unit->type);
		break;
	case FOLDER_TYPE:
		len = snprintf(name, sizeof(name), "%s.d", unit->type + 1);
		break;
	case FOLDER_MANAGER:
		len = snprintf(name, sizeof(name), "%s.d", search->conf);
		break;
	}
	if (len < 0 || (size_t)len >= sizeof(name))
		return false;
	snprintf(search->path, sizeof(search->path), "%s/%s", folder->place, name);
	return true;
}

static bool is_dropin_name(const char *name)
{
	const size_t len = strlen(name);

	return *name != '.' && len > 5 && strcmp(name + len - 5, ".conf") == 0;
}

/* A file masks those of its name in folders that are looked at later. */
static void note_dropin(const char *name, void *context)
{
	struct search *search = context;
	struct dropin *at = search->dropins;
	struct dropin *const end = search->dropins + search->n_dropins;
	int order = 1;

	if (!is_dropin_name(name))
		return;
	while (at < end && (order = strcmp(at->name, name)) < 0)
		at++;
	if (at < end && order == 0)
		return;
	if (search->n_dropins == DROPINS_MAX || strlen(name) >= DROPIN_BYTES) {
		search->too_many = true;
		return;
	}
	memmove(at + 1, at, (size_t)(end - at) * sizeof(*at));
	search->n_dropins++;
	snprintf(at->name, sizeof(at->name), "%s", name);
	at->folder = search->folder;
}

static int list_folder(
	struct search *search, const char *place, int prefix_len, enum folder_form form)
{
	int error;

	search->folder = (struct folder){ place, prefix_len, form };
	if (is_skipped(search, place) || !folder_path(search, &search->folder))
		return 0;
	error = root_list_names(search->root, search->path, note_dropin, search);
	return is_absent(error) ? 0 : error;
}

/* "foo-bar@x.service" takes its own folder, that of "foo-bar@.service", then those of "foo-"
 * in the same way: unit_file_find_dirs() of systemd's dropin.c. */
static int list_place(struct search *search, const char *place)
{
	const struct unit_name *unit = &search->unit;
	int error = list_folder(search, place, unit->prefix_len, FOLDER_EXACT);

	if (error == 0 && unit->instance_len > 1)
		error = list_folder(search, place, unit->prefix_len, FOLDER_TEMPLATE);
	for (int len = unit->prefix_len - 1; error == 0 && len > 1; len--) {
		if (unit->text[len - 1] != '-')
			continue;
		error = list_folder(search, place, len, FOLDER_PLAIN);
		if (error == 0 && unit->instance_len > 1)
			error = list_folder(search, place, len, FOLDER_EXACT);
		if (error == 0 && unit->instance_len > 1)
			error = list_folder(search, place, len, FOLDER_TEMPLATE);
	}
	return error;
}

static int list_dropins(struct search *search)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < ARRAY_SIZE(unit_places); i++)
		error = list_place(search, unit_places[i]);
	for (size_t i = 0; error == 0 && i < ARRAY_SIZE(unit_places); i++)
		error = list_folder(search, unit_places[i], 0, FOLDER_TYPE);
	return error;
}

static int read_dropins(struct search *search, struct unit_file *unit)
{
	if (search->too_many)
		return -E2BIG;
	for (unsigned i = 0; i < search->n_dropins; i++) {
		const struct dropin *dropin = &search->dropins[i];
		size_t len;
		int got;

		if (!folder_path(search, &dropin->folder))
			continue;
		len = strlen(search->path);
		snprintf(search->path + len, sizeof(search->path) - len, "/%s", dropin->name);
		got = read_one(search, unit);
		if (got < 0 && !is_absent(got))
			return got;
	}
	return 0;
}

int unit_files_read(const struct root *root, const char *name, struct unit_file *ret)
{
	struct unit_file unit = { .restart = RESTART_UNKNOWN };
	struct search search;
	int error;

	search_init(&search, root);
	error = split_name(name, &search.unit);
	if (error == 0)
		error = read_fragment(&search, &unit);
	if (error == -ENOENT && strcmp(search.unit.type, SLICE) == 0)
		error = 0;
	if (error == 0)
		error = list_dropins(&search);
	if (error == 0)
		error = read_dropins(&search, &unit);
	if (error == 0)
		*ret = unit;
	return error;
}

static int read_conf(const struct root *root, const char *conf, struct unit_file *ret)
{
	struct unit_file unit = { .restart = RESTART_UNKNOWN };
	struct search search;
	int error;

	search_init(&search, root);
	search.conf = conf;
	error = read_first(&search, manager_places, ARRAY_SIZE(manager_places), conf, &unit);
	if (error < 0 && error != -ENOENT)
		return error;
	error = 0;
	for (size_t i = 0; error == 0 && i < ARRAY_SIZE(manager_places); i++)
		error = list_folder(&search, manager_places[i], 0, FOLDER_MANAGER);
	if (error == 0)
		error = read_dropins(&search, &unit);
	if (error == 0)
		*ret = unit;
	return error;
}

int unit_files_read_manager(const struct root *root, struct unit_file *ret)
{
	return read_conf(root, "system.conf", ret);
}

int unit_files_read_oomd(const struct root *root, struct unit_file *ret)
{
	return read_conf(root, "oomd.conf", ret);
}
