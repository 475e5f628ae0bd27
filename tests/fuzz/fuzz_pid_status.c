/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fuzz.h"
#include "parse/pid.h"
#include "parse/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false);
	struct pid_status status;
	int rc;

	fuzz_fill(&status, sizeof(status));
	rc = parse_pid_status(text, size, &status);
	CHECK(rc == 0 || rc == -ENODATA || rc == -EBADMSG);
	CHECK((rc == -ENODATA) == (size == 0));
	if (rc == 0) {
		const size_t start = offsetof(struct pid_status, vm_size_kib);

		CHECK(fuzz_value(status.tgid, INT32_MAX));
		CHECK(fuzz_value(status.uid, UINT32_MAX));
		CHECK(fuzz_value(status.threads, INT32_MAX));
		CHECK(fuzz_values(&status.vm_size_kib,
			offsetof(struct pid_status, cap_known) - start, SCAN_KIB_MAX));
		CHECK(status.cap_known || status.cap_effective == 0);
		CHECK(status.nodes_known == !nodes_empty(&status.nodes));
	} else {
		CHECK(fuzz_unchanged(&status, sizeof(status)));
	}
	free(text);
	return 0;
}
