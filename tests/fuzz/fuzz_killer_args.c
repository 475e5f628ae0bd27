/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "parse/earlyoom.h"
#include "parse/kubelet.h"
#include "parse/nohang.h"

static bool is_within(struct span span, const char *text, size_t size)
{
	return !span.at ||
		(span.at >= text && span.len <= size &&
			(size_t)(span.at - text) <= size - span.len);
}

static void check_earlyoom(const char *text, size_t size)
{
	struct earlyoom_args args;
	struct earlyoom_settings program = { .of_total = false };

	parse_earlyoom_program(text, size, &program);
	CHECK(program.version_known || !program.of_total);
	if (parse_earlyoom_args(text, size, &args) < 0)
		return;
	for (int i = 0; i < 2; i++) {
		CHECK(fuzz_value(args.settings.mem_permyriad[i], PERMYRIAD_ALL));
		CHECK(fuzz_value(args.settings.swap_permyriad[i], PERMYRIAD_ALL));
		CHECK(fuzz_value(args.settings.mem_kib[i], INT64_MAX));
		CHECK(fuzz_value(args.settings.swap_kib[i], INT64_MAX));
	}
	CHECK(is_within(args.prefer, text, size));
	CHECK(is_within(args.avoid, text, size));
	CHECK(is_within(args.ignore, text, size));
}

static void check_nohang(const char *text, size_t size)
{
	struct nohang_settings settings;
	struct span config = { NULL, 0 };

	CHECK(!parse_nohang_args(text, size, &config) || is_within(config, text, size));
	if (parse_nohang_conf(text, size, &settings) < 0)
		return;
	for (int i = 0; i < 2; i++) {
		CHECK(fuzz_value(settings.mem_permyriad[i], PERMYRIAD_ALL));
		CHECK(fuzz_value(settings.swap_permyriad[i], PERMYRIAD_ALL));
		CHECK(fuzz_value(settings.mem_kib[i], INT64_MAX));
		CHECK(fuzz_value(settings.swap_kib[i], INT64_MAX));
		CHECK(value_known(settings.mem_permyriad[i]) != value_known(settings.mem_kib[i]));
	}
	CHECK(settings.min_badness >= 1);
}

static void check_kubelet_settings(const struct kubelet_settings *settings)
{
	CHECK(fuzz_value(settings->hard_permyriad, PERMYRIAD_ALL));
	CHECK(fuzz_value(settings->soft_permyriad, PERMYRIAD_ALL));
	CHECK(fuzz_value(settings->hard_kib, INT64_MAX));
	CHECK(fuzz_value(settings->soft_kib, INT64_MAX));
	CHECK(fuzz_value(settings->soft_grace_ms, INT64_MAX));
}

static void check_kubelet(const char *text, size_t size)
{
	struct kubelet_settings settings;
	struct kubelet_files files = { .config.at = NULL };

	kubelet_defaults(&settings);
	parse_kubelet_conf(text, size, &settings);
	check_kubelet_settings(&settings);
	kubelet_defaults(&settings);
	parse_kubelet_args(text, size, &settings, &files);
	check_kubelet_settings(&settings);
	CHECK(is_within(files.config, text, size));
	CHECK(is_within(files.drop_in, text, size));
}

/* The input as the arguments, and as the configuration, of each. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false);

	check_earlyoom(text, size);
	check_nohang(text, size);
	check_kubelet(text, size);
	free(text);
	return 0;
}
