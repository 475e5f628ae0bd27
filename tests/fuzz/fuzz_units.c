/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "base/units.h"
#include "fuzz.h"

static bool refused(int rc, int64_t value)
{
	CHECK(rc == 0 || rc == -EINVAL || rc == -ERANGE);
	if (rc == 0)
		CHECK(value_known(value));
	else
		CHECK(fuzz_unchanged(&value, sizeof(value)));
	return rc != 0;
}

static size_t length(const struct text *text)
{
	CHECK(strlen(text->buf) == text->len && !text->cut);
	return text->len;
}

/* Any number must come out as a short text. */
static void run_formats(int64_t value)
{
	char buf[32];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	units_bytes(&text, value);
	CHECK(length(&text) >= 1 && length(&text) <= 6);
	text_init(&text, buf, sizeof(buf));
	units_kib(&text, value);
	CHECK(length(&text) >= 1 && length(&text) <= 6);
	text_init(&text, buf, sizeof(buf));
	units_rate(&text, value);
	CHECK(length(&text) >= 1 && length(&text) <= 7);
	text_init(&text, buf, sizeof(buf));
	units_count(&text, value);
	CHECK(length(&text) >= 1);
	text_init(&text, buf, sizeof(buf));
	units_seconds(&text, value);
	CHECK(length(&text) >= 1);
	text_init(&text, buf, sizeof(buf));
	units_seconds_range(&text, value / 3, value);
	CHECK(text.len >= 1);
	text_init(&text, buf, sizeof(buf));
	units_percent(&text, value);
	CHECK(length(&text) >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *string = fuzz_copy(data, size, true);
	int64_t value;

	fuzz_fill(&value, sizeof(value));
	if (!refused(units_parse_bytes(string, &value), value))
		run_formats(value);
	fuzz_fill(&value, sizeof(value));
	if (!refused(units_parse_ms(string, &value), value)) {
		CHECK(value >= 0);
		run_formats(value);
	}
	if (size >= sizeof(value)) {
		memcpy(&value, data, sizeof(value));
		run_formats(value);
	}
	free(string);
	return 0;
}
