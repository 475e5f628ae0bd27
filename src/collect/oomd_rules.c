/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/oomd_rules.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "collect/oomd_args.h"
#include "parse/json_line.h"
#include "parse/oomd_text.h"

/** On the way to an argument: rulesets, number, detectors, number, number, args, its name. */
#define WAY_MAX 8

/** Room for a number as text. */
#define NUMBER_BYTES 32

/** Reading of one file. */
struct reading {
	const char *text;
	size_t len;
	const char *file;
	struct arena *arena;
	struct text *why;
	struct json_step way[WAY_MAX]; /**< to the value that is looked at */
	size_t n_way;
	size_t n_steps; /**< detectors and actions so far */
};

static void enter_key(struct reading *reading, const char *key)
{
	reading->way[reading->n_way++] = (struct json_step){ .key = key };
}

static void enter_index(struct reading *reading, size_t index)
{
	reading->way[reading->n_way++] = (struct json_step){ .index = index };
}

static void leave(struct reading *reading)
{
	reading->n_way--;
}

static void begin_message(struct reading *reading, int line)
{
	const char *const slash = strrchr(reading->file, '/');
	const char *const name = slash ? slash + 1 : reading->file;

	text_add_clean(reading->why, name, strlen(name));
	text_fmt(reading->why, ":%d: ", line);
}

/* The value on the way to which one is is none that makes sense. */
static int complain(struct reading *reading, int error, const char *what)
{
	begin_message(
		reading, json_line_of(reading->text, reading->len, reading->way, reading->n_way));
	text_add(reading->why, what);
	return error;
}

static int expected(struct reading *reading, const char *name, const char *what)
{
	char message[160];

	snprintf(message, sizeof(message), "%s: expected %s", name, what);
	return complain(reading, -EBADMSG, message);
}

static int copy_text(struct reading *reading, const char *string, size_t max, const char **ret)
{
	const size_t len = strlen(string);

	if (len > max)
		return complain(reading, -E2BIG, "too long");
	*ret = arena_text(reading->arena, string, len);
	return *ret ? 0 : -ENOMEM;
}

/* Text of a value as jsoncpp's asString() makes it; NULL: of a list or object there is none. */
static const char *text_of(const json_t *value, char number[NUMBER_BYTES])
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return json_string_value(value);
	case JSON_INTEGER:
		snprintf(number, NUMBER_BYTES, "%lld", (long long)json_integer_value(value));
		return number;
	case JSON_REAL:
		snprintf(number, NUMBER_BYTES, "%.6f", json_real_value(value));
		return number;
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_NULL:
		return "";
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return NULL;
}

/* The named text of an object, "" where it has none. */
static int read_name(struct reading *reading, const json_t *object, const char **ret)
{
	const json_t *const value = json_object_get(object, "name");

	if (!value) {
		*ret = "";
		return 0;
	}
	if (!json_is_string(value))
		return expected(reading, "name", "a text");
	return copy_text(reading, json_string_value(value), OOMD_NAME_MAX, ret);
}

static int take_one(struct reading *reading, const struct oomd_arg *arg, const json_t *args,
	struct oomd_step *step)
{
	const json_t *const value = json_object_get(args, arg->name);
	char number[NUMBER_BYTES];
	const char *text;
	int error = 0;

	if (!value && arg->required & 1u << step->plugin)
		return expected(reading, arg->name, arg->expected);
	if (!value)
		return 0;
	enter_key(reading, arg->name);
	text = text_of(value, number);
	if (!text || arg->take(text, step) < 0)
		error = expected(reading, arg->name, arg->expected);
	leave(reading);
	return error;
}

static int take_cgroups(struct reading *reading, const json_t *args, struct oomd_step *step)
{
	const json_t *const value = json_object_get(args, "cgroup");
	int error;

	step->cgroups = "";
	if (!value)
		return 0;
	enter_key(reading, "cgroup");
	error = json_is_string(value)
		? copy_text(reading, json_string_value(value), OOMD_CGROUPS_MAX, &step->cgroups)
		: expected(reading, "cgroup", "a text");
	leave(reading);
	return error;
}

static int take_args(struct reading *reading, const json_t *args, struct oomd_step *step)
{
	int error;

	if (args && !json_is_object(args))
		return expected(reading, "args", "an object");
	error = take_cgroups(reading, args, step);
	for (const struct oomd_arg *arg = oomd_args; error == 0 && arg->name; arg++) {
		if (arg->plugins & 1u << step->plugin)
			error = take_one(reading, arg, args, step);
	}
	if (error == 0 && step->plugin == OOMD_MEMORY_ABOVE &&
		!value_known(step->threshold_permyriad) && !value_known(step->threshold_bytes))
		error = expected(reading, "memory_above", "threshold or threshold_anon");
	return error;
}

static int read_step(struct reading *reading, const json_t *plugin, struct oomd_step *ret)
{
	const char *name = "";
	int error;

	if (++reading->n_steps > OOMD_STEPS_MAX)
		return complain(reading, -E2BIG, "too many detectors and actions");
	if (!json_is_object(plugin) || !json_is_string(json_object_get(plugin, "name")))
		return expected(reading, "plugin", "an object with a name");
	error = read_name(reading, plugin, &name);
	if (error < 0)
		return error;
	*ret = oomd_step_of(oomd_plugin_of(name));
	ret->name = name;
	ret->cgroups = "";
	if (ret->plugin == OOMD_UNKNOWN || ret->plugin == OOMD_CONTINUE)
		return 0;
	enter_key(reading, "args");
	error = take_args(reading, json_object_get(plugin, "args"), ret);
	leave(reading);
	return error;
}

/* All members of a list from the first on. */
static int read_steps(struct reading *reading, const json_t *list, size_t first,
	struct oomd_step **ret, uint32_t *ret_n)
{
	const size_t n = json_array_size(list) - first;
	struct oomd_step *steps = arena_array(reading->arena, n, sizeof(*steps));

	if (n > 0 && !steps)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int error;

		enter_index(reading, first + i);
		error = read_step(reading, json_array_get(list, first + i), &steps[i]);
		leave(reading);
		if (error < 0)
			return error;
	}
	*ret = steps;
	*ret_n = (uint32_t)n;
	return 0;
}

static int read_group(struct reading *reading, const json_t *list, struct oomd_group *ret)
{
	const json_t *const name = json_array_get(list, 0);
	int error;

	if (!json_is_string(name))
		return expected(reading, "group", "a list that begins with its name");
	if (json_array_size(list) - 1 > OOMD_MEMBERS_MAX)
		return complain(reading, -E2BIG, "too many detectors");
	error = copy_text(reading, json_string_value(name), OOMD_NAME_MAX, &ret->name);
	return error ? error : read_steps(reading, list, 1, &ret->detectors, &ret->n_detectors);
}

static int read_groups(struct reading *reading, const json_t *list, struct oomd_ruleset *ret)
{
	const size_t n = json_array_size(list);

	if (!json_is_array(list) || n == 0)
		return expected(reading, "detectors", "a list of groups");
	if (n > OOMD_MEMBERS_MAX)
		return complain(reading, -E2BIG, "too many groups");
	ret->groups = arena_array(reading->arena, n, sizeof(*ret->groups));
	if (!ret->groups)
		return -ENOMEM;
	ret->n_groups = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		int error;

		enter_index(reading, i);
		error = read_group(reading, json_array_get(list, i), &ret->groups[i]);
		leave(reading);
		if (error < 0)
			return error;
	}
	return 0;
}

static int read_actions(struct reading *reading, const json_t *list, struct oomd_ruleset *ret)
{
	if (!json_is_array(list) || json_array_size(list) == 0)
		return expected(reading, "actions", "a list of plugins");
	if (json_array_size(list) > OOMD_MEMBERS_MAX)
		return complain(reading, -E2BIG, "too many actions");
	return read_steps(reading, list, 0, &ret->actions, &ret->n_actions);
}

static int read_ruleset(struct reading *reading, const json_t *object, struct oomd_ruleset *ret)
{
	int error;

	if (!json_is_object(object))
		return expected(reading, "ruleset", "an object");
	error = read_name(reading, object, &ret->name);
	if (error < 0)
		return error;
	ret->per_cgroup =
		json_object_get(object, "cgroup") || json_object_get(object, "xattr_filter");
	enter_key(reading, "detectors");
	error = read_groups(reading, json_object_get(object, "detectors"), ret);
	leave(reading);
	if (error < 0)
		return error;
	enter_key(reading, "actions");
	error = read_actions(reading, json_object_get(object, "actions"), ret);
	leave(reading);
	return error;
}

static int read_rulesets(struct reading *reading, const json_t *list, struct oomd_settings *ret)
{
	const size_t n = json_array_size(list);

	if (!json_is_array(list) || n == 0)
		return expected(reading, "rulesets", "a list");
	if (n > OOMD_RULESETS_MAX)
		return complain(reading, -E2BIG, "too many rulesets");
	ret->rulesets = arena_array(reading->arena, n, sizeof(*ret->rulesets));
	if (!ret->rulesets)
		return -ENOMEM;
	ret->n_rulesets = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		int error;

		enter_index(reading, i);
		error = read_ruleset(reading, json_array_get(list, i), &ret->rulesets[i]);
		leave(reading);
		if (error < 0)
			return error;
	}
	return 0;
}

static int parse(struct reading *reading, json_t **ret)
{
	json_error_t error;

	*ret = json_loadb(reading->text, reading->len, 0, &error);
	if (*ret)
		return 0;
	if (json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	begin_message(reading, error.line);
	text_add_clean(reading->why, error.text, strlen(error.text));
	return -EBADMSG;
}

static int uncomment(struct reading *reading, char *text)
{
	int line, error = 0;

	if (reading->len > OOMD_RULES_BYTES_MAX) {
		begin_message(reading, 1);
		text_add(reading->why, "more than 1 MiB");
		return -E2BIG;
	}
	error = oomd_uncomment(text, reading->len, &line);
	if (error < 0) {
		begin_message(reading, line);
		text_add(reading->why,
			error == -E2BIG ? "too many or too deeply nested values"
					: "a text or comment without end");
	}
	return error;
}

int oomd_rules_read(char *text, size_t len, const char *file, struct arena *arena,
	struct oomd_settings *ret, struct text *why)
{
	struct reading reading = {
		.text = text, .len = len, .file = file, .arena = arena, .why = why
	};
	struct oomd_settings settings = *ret;
	json_t *root = NULL;
	int error = uncomment(&reading, text);

	if (error == 0)
		error = parse(&reading, &root);
	if (error == 0 && !json_is_object(root))
		error = expected(&reading, "rules", "an object");
	if (error == 0) {
		enter_key(&reading, "rulesets");
		error = read_rulesets(&reading, json_object_get(root, "rulesets"), &settings);
		settings.prekill_hooks =
			json_array_size(json_object_get(root, "prekill_hooks")) > 0;
	}
	json_decref(root);
	if (error == 0)
		*ret = settings;
	return error;
}
