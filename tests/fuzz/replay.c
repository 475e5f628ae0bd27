/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target without libFuzzer: each file of the folders and files given, whole,
 * cut at many places, and with bytes changed.  Any complaint is the target's (an assert or
 * a sanitizer).  Exit 1 if there was nothing to run.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILE_BYTES_MAX (4u << 20)
#define CUTS 64
#define CHANGES 64

struct tally {
	unsigned files;
	unsigned long inputs;
};

/* A copy of exact size, so that a sanitizer sees a read beyond the end. */
static void run(struct tally *tally, const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (!copy) {
		fprintf(stderr, "replay: no memory\n");
		exit(EXIT_FAILURE);
	}
	if (size > 0)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	tally->inputs++;
}

/* xorshift: the same changes in every run. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void run_variants(struct tally *tally, uint8_t *data, size_t size)
{
	static const char bytes[] = "\0\n \t:-9/.\xff";
	uint32_t random = 2463534242u;

	run(tally, data, size);
	for (size_t i = 0; i < CUTS && i < size; i++)
		run(tally, data, size * i / CUTS);
	for (unsigned i = 0; i < CHANGES && size > 0; i++) {
		const size_t at = next_random(&random) % size;
		const uint8_t was = data[at];

		data[at] = (uint8_t)bytes[next_random(&random) % (sizeof(bytes) - 1)];
		run(tally, data, size);
		data[at] = was;
	}
}

static int replay_file(struct tally *tally, const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(FILE_BYTES_MAX);
	int rc = -1;

	if (file && data) {
		const size_t size = fread(data, 1, FILE_BYTES_MAX, file);

		if (!ferror(file)) {
			run_variants(tally, data, size);
			tally->files++;
			rc = 0;
		}
	}
	if (rc < 0)
		fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
	free(data);
	if (file)
		fclose(file);
	return rc;
}

static int replay_folder(struct tally *tally, const char *path)
{
	struct dirent **names;
	const int n = scandir(path, &names, NULL, alphasort);
	int rc = 0;

	if (n < 0) {
		fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		return -1;
	}

	for (int i = 0; i < n; i++) {
		char *file = NULL;

		if (names[i]->d_name[0] != '.' &&
			(asprintf(&file, "%s/%s", path, names[i]->d_name) < 0 ||
				replay_file(tally, file) < 0))
			rc = -1;
		free(file);
		free(names[i]);
	}
	free(names);
	return rc;
}

int main(int argc, char **argv)
{
	struct tally tally = { 0 };
	int rc = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			rc |= replay_folder(&tally, argv[i]);
		else
			rc |= replay_file(&tally, argv[i]);
	}

	printf("replay: %u files, %lu inputs\n", tally.files, tally.inputs);
	return rc == 0 && tally.files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
