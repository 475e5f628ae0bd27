/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree of plain files as one text file, so that recorded trees can be kept, read and
 * compared like source.
 *
 *   bundle pack DIR [COMMENT...] >FILE
 *   bundle unpack FILE DIR
 *
 * The format, line by line:
 *
 *   # words          comment: kernel, machine, what it shows; only at the top
 *   => proc/meminfo  a file starts; its path below the tree
 *   <tab>words       a line of its content, without the tab
 *   \c               the line before has no newline at its end; the file ends here
 *
 * A file without lines is empty.  In paths and content \xHH is one byte and \\ is a
 * backslash; pack writes so every byte but printable ASCII and tab, and a blank or tab at
 * the end of a line, which editors like to remove.  Paths are sorted.  Folders are made as
 * needed, so empty ones are lost; pack refuses anything but files and folders.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADING "=> "
#define NO_NEWLINE "\\c"

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "bundle: %s: %s\n", what, why);
	return -1;
}

/* ---- pack ---- */

static void put_byte(FILE *out, int byte, bool last)
{
	const bool blank = byte == ' ' || byte == '\t';

	if (byte == '\\')
		fputs("\\\\", out);
	else if ((blank && !last) || (byte > ' ' && byte <= '~'))
		putc(byte, out);
	else
		fprintf(out, "\\x%02x", byte);
}

static void put_path(FILE *out, const char *path)
{
	fputs(HEADING, out);
	for (; *path; path++)
		put_byte(out, (unsigned char)*path, !path[1]);
	putc('\n', out);
}

static void put_content(FILE *out, FILE *in)
{
	bool within = false;

	for (int byte = getc(in), next; byte != EOF; byte = next) {
		next = getc(in);
		if (!within)
			putc('\t', out);
		within = byte != '\n';
		if (within)
			put_byte(out, byte, next == '\n' || next == EOF);
		else
			putc('\n', out);
	}
	if (within)
		fputs("\n" NO_NEWLINE "\n", out);
}

static int pack_file(FILE *out, const char *tree, const char *path)
{
	char *whole;
	FILE *in;
	int rc = 0;

	if (asprintf(&whole, "%s/%s", tree, path) < 0)
		return fail(path, strerror(ENOMEM));
	in = fopen(whole, "rb");
	if (in) {
		put_path(out, path);
		put_content(out, in);
	}
	if (!in || ferror(in))
		rc = fail(whole, strerror(errno));
	if (in)
		fclose(in);
	free(whole);
	return rc;
}

struct paths {
	char **path;
	size_t n;
};

static int paths_add(struct paths *paths, const char *path)
{
	char **more = realloc(paths->path, (paths->n + 1) * sizeof(*more));

	if (!more)
		return fail(path, strerror(ENOMEM));
	paths->path = more;
	more[paths->n] = strdup(path);
	if (!more[paths->n])
		return fail(path, strerror(ENOMEM));
	paths->n++;
	return 0;
}

/* One entry of the walk; tree_len bytes of its path are the tree's. */
static int list_entry(struct paths *paths, const FTSENT *entry, size_t tree_len)
{
	switch (entry->fts_info) {
	case FTS_F:
		return paths_add(paths, entry->fts_path + tree_len + 1);
	case FTS_D:
	case FTS_DP:
		return 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return fail(entry->fts_path, strerror(entry->fts_errno));
	default:
		return fail(entry->fts_path, "neither a file nor a folder");
	}
}

static int list_tree(char *tree, struct paths *paths)
{
	char *roots[] = { tree, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const size_t tree_len = strlen(tree);
	FTSENT *entry;
	int rc = 0;

	if (!walk)
		return fail(tree, strerror(errno));
	while (rc == 0 && (errno = 0, entry = fts_read(walk)))
		rc = list_entry(paths, entry, tree_len);
	if (rc == 0 && errno)
		rc = fail(tree, strerror(errno));
	fts_close(walk);
	return rc;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int pack(char *tree, char **comments)
{
	struct paths paths = { NULL, 0 };
	int rc;

	while (strlen(tree) > 1 && tree[strlen(tree) - 1] == '/')
		tree[strlen(tree) - 1] = '\0';
	rc = list_tree(tree, &paths);
	if (rc == 0) {
		for (; *comments; comments++)
			printf("# %s\n", *comments);
		if (paths.n > 0)
			qsort(paths.path, paths.n, sizeof(*paths.path), compare_paths);
	}
	for (size_t i = 0; i < paths.n; i++) {
		if (rc == 0)
			rc = pack_file(stdout, tree, paths.path[i]);
		free(paths.path[i]);
	}
	free(paths.path);
	if (rc == 0 && (fflush(stdout) || ferror(stdout)))
		rc = fail("standard output", strerror(errno));
	return rc;
}

/* ---- unpack ---- */

struct unpacking {
	int tree;        /**< descriptor of the folder to unpack into */
	FILE *file;      /**< being written, or NULL */
	bool in_line;    /**< its last line's newline is not written yet */
	bool ended;      /**< \c was there: it takes no further line */
	const char *why; /**< what is wrong, where that is no errno */
};

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* Undo \xHH and \\ in place; returns the length, or -1. */
static ssize_t unescape(char *line, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++) {
		if (line[i] != '\\') {
			line[to++] = line[i];
		} else if (i + 1 < len && line[i + 1] == '\\') {
			line[to++] = '\\';
			i++;
		} else if (i + 3 < len && line[i + 1] == 'x' && hex_digit(line[i + 2]) >= 0 &&
			hex_digit(line[i + 3]) >= 0) {
			line[to++] = (char)(hex_digit(line[i + 2]) * 16 + hex_digit(line[i + 3]));
			i += 3;
		} else {
			return -1;
		}
	}
	return (ssize_t)to;
}

static int finish_file(struct unpacking *to)
{
	int rc = 0;

	if (!to->file)
		return 0;
	if (to->in_line && !to->ended)
		putc('\n', to->file);
	if (ferror(to->file))
		rc = -1;
	if (fclose(to->file))
		rc = -1;
	to->file = NULL;
	to->in_line = false;
	to->ended = false;
	return rc;
}

/* Open, made if needed, the folder of one component; closes the one above. */
static int enter(int above, const char *name)
{
	int below;

	if (mkdirat(above, name, 0755) && errno != EEXIST) {
		close(above);
		return -1;
	}
	below = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	close(above);
	return below;
}

static bool is_component(const char *name)
{
	return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Make the file of a path, never through a link and never over something. */
static int start_file(struct unpacking *to, char *path)
{
	int folder = dup(to->tree), fd;
	char *name = path, *slash;

	for (; folder >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
		*slash = '\0';
		if (!is_component(name))
			break;
		folder = enter(folder, name);
	}
	if (folder < 0)
		return -1;
	if (!is_component(name) || strchr(name, '/')) {
		close(folder);
		to->why = "not a path below the tree";
		return -1;
	}
	fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	close(folder);
	if (fd < 0)
		return -1;
	to->file = fdopen(fd, "wb");
	if (!to->file)
		close(fd);
	return to->file ? 0 : -1;
}

static int take_heading(struct unpacking *to, char *path, size_t len)
{
	const ssize_t got = unescape(path, len);

	if (finish_file(to))
		return -1;
	if (got < 0 || memchr(path, '\0', (size_t)got)) {
		to->why = "malformed path";
		return -1;
	}
	path[got] = '\0';
	return start_file(to, path);
}

static int take_content(struct unpacking *to, char *line, size_t len)
{
	const ssize_t got = unescape(line, len);

	if (got < 0 || !to->file || to->ended) {
		to->why = got < 0 ? "malformed content" : "content outside a file";
		return -1;
	}
	if (to->in_line)
		putc('\n', to->file);
	fwrite(line, 1, (size_t)got, to->file);
	to->in_line = true;
	return 0;
}

static int take_line(struct unpacking *to, char *line, size_t len, bool first_part)
{
	if (len >= strlen(HEADING) && memcmp(line, HEADING, strlen(HEADING)) == 0)
		return take_heading(to, line + strlen(HEADING), len - strlen(HEADING));
	if (len > 0 && line[0] == '\t')
		return take_content(to, line + 1, len - 1);
	if (len == strlen(NO_NEWLINE) && memcmp(line, NO_NEWLINE, len) == 0 && to->in_line &&
		!to->ended) {
		to->ended = true;
		return 0;
	}
	if (len > 0 && line[0] == '#' && first_part)
		return 0;
	to->why = "neither a heading nor content";
	return -1;
}

static int unpack_lines(FILE *in, const char *name, struct unpacking *to)
{
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int rc = 0;

	while (rc == 0 && (len = getline(&line, &room, in)) >= 0) {
		const bool first_part = !to->file;
		const bool ended = len > 0 && line[len - 1] == '\n';

		number++;
		errno = 0;
		if (!ended)
			to->why = "the last line is cut";
		rc = ended ? take_line(to, line, (size_t)len - 1, first_part) : -1;
	}
	if (finish_file(to) && rc == 0)
		rc = -1;
	if (rc == 0 && ferror(in))
		rc = -1;
	if (rc)
		fprintf(stderr, "bundle: %s:%lu: %s\n", name, number,
			to->why ? to->why : strerror(errno));
	free(line);
	return rc;
}

static int unpack(const char *name, const char *tree)
{
	struct unpacking to = { .tree = -1 };
	FILE *in = fopen(name, "rb");
	int rc = -1;

	if (!in)
		return fail(name, strerror(errno));
	if (mkdir(tree, 0755) == 0 || errno == EEXIST)
		to.tree = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to.tree < 0) {
		fail(tree, strerror(errno));
	} else {
		rc = unpack_lines(in, name, &to);
		close(to.tree);
	}
	fclose(in);
	return rc;
}

int main(int argc, char **argv)
{
	int rc;

	if (argc >= 3 && strcmp(argv[1], "pack") == 0) {
		rc = pack(argv[2], argv + 3);
	} else if (argc == 4 && strcmp(argv[1], "unpack") == 0) {
		rc = unpack(argv[2], argv[3]);
	} else {
		fputs("usage: bundle pack DIR [COMMENT...] | bundle unpack FILE DIR\n", stderr);
		return 2;
	}
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
