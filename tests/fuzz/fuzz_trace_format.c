/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fuzz.h"
#include "parse/trace_format.h"

/** Bytes of the record that fields are read from. */
#define RECORD_BYTES 96

static void check_field(
	const struct trace_format *format, unsigned i, const char *record, size_t len)
{
	const struct trace_field *field = &format->fields[i];
	char buf[16];
	int64_t number;

	CHECK(field->name[0] && memchr(field->name, '\0', sizeof(field->name)));
	CHECK(field->kind <= TRACE_OTHER);
	CHECK(field->size > 0 && field->size <= TRACE_RECORD_MAX);
	CHECK(field->offset <= TRACE_RECORD_MAX - field->size);
	CHECK(trace_field_find(format, field->name) <= field);

	number = trace_field_number(field, record, len);
	CHECK(field->kind == TRACE_SIGNED || fuzz_value(number, INT64_MAX));
	CHECK(field->kind <= TRACE_SIGNED || !value_known(number));
	trace_field_text(field, record, len, buf, sizeof(buf));
	CHECK(memchr(buf, '\0', sizeof(buf)));
}

/* The input as a format, and its end as a record. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t len = size < RECORD_BYTES ? size : RECORD_BYTES;
	char *text = fuzz_copy(data, size, false), *record;
	struct trace_format format;
	int rc;

	record = fuzz_copy(data + size - len, len, false);
	fuzz_fill(&format, sizeof(format));
	rc = parse_trace_format(text, size, &format);
	CHECK(rc == 0 || rc == -ENODATA || rc == -EBADMSG);
	CHECK((rc == -ENODATA) == (size == 0));
	if (rc == 0) {
		CHECK(format.id >= 1 && format.id <= INT32_MAX);
		CHECK(format.n_fields >= 1 && format.n_fields <= TRACE_FIELDS_MAX);
		for (unsigned i = 0; i < format.n_fields; i++)
			check_field(&format, i, record, len);
	} else {
		CHECK(fuzz_unchanged(&format, sizeof(format)));
	}
	free(record);
	free(text);
	return 0;
}
