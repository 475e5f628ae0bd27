/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fuzz.h"
#include "model/killer.h"
#include "parse/json_line.h"
#include "parse/oomd_text.h"

/* Blanks take the place of comments, and of nothing else; lines stay where they were. */
static void run_uncomment(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false), *again;
	int line = 0, error = oomd_uncomment(text, size, &line), lines = 1;

	CHECK(error == 0 || error == -EBADMSG || error == -E2BIG);
	for (size_t i = 0; i < size; i++) {
		CHECK(text[i] == (char)data[i] || text[i] == ' ');
		CHECK((text[i] == '\n') == (data[i] == '\n'));
		lines += data[i] == '\n';
	}
	CHECK(error == 0 || (line >= 1 && line <= lines));
	again = fuzz_copy((const uint8_t *)text, size, false);
	if (error == 0) {
		CHECK(oomd_uncomment(again, size, &line) == 0);
		CHECK(memcmp(again, text, size) == 0);
	}
	free(again);
	free(text);
}

static void run_line(const uint8_t *data, size_t size)
{
	static const struct json_step steps[] = { { .key = "rulesets" }, { .index = 1 },
		{ .key = "actions" }, { .index = 0 } };
	char *text = fuzz_copy(data, size, false);
	int line, lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	for (size_t n = 0; n <= ARRAY_SIZE(steps); n++) {
		line = json_line_of(text, size, steps, n);
		CHECK(line >= 1 && line <= lines);
	}
	free(text);
}

static void run_numbers(const uint8_t *data, size_t size)
{
	char *string = fuzz_copy(data, size, true);
	struct oomd_size bytes;
	int64_t number;
	bool yes = false;
	int error;

	fuzz_fill(&bytes, sizeof(bytes));
	error = oomd_parse_size(string, &bytes);
	if (error == 0) {
		CHECK(value_known(bytes.permyriad) != value_known(bytes.bytes));
		CHECK(fuzz_value(bytes.permyriad, PERMYRIAD_ALL));
	} else {
		CHECK(error == -EINVAL || error == -ERANGE);
		CHECK(fuzz_unchanged(&bytes, sizeof(bytes)));
	}
	fuzz_fill(&number, sizeof(number));
	error = oomd_parse_int(string, &number);
	if (error == 0)
		CHECK(number >= INT32_MIN && number <= INT32_MAX);
	else
		CHECK(fuzz_unchanged(&number, sizeof(number)));
	fuzz_fill(&number, sizeof(number));
	if (oomd_parse_fraction(string, &number) == 0)
		CHECK(number >= 0);
	else
		CHECK(fuzz_unchanged(&number, sizeof(number)));
	error = oomd_parse_bool(string, &yes);
	CHECK(error == 0 || (error == -EINVAL && !yes));
	free(string);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run_uncomment(data, size);
	run_line(data, size);
	run_numbers(data, size);
	return 0;
}
