/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "collect/journal_parts.h"

/** What a journal file begins with (systemd, JOURNAL_FILE_FORMAT.md). */
static const char magic[] = "LPKSHHRH";

/** Digits of the name of a folder of one machine's files. */
#define ID_DIGITS 32

static bool has_journals(const char *path, bool look_below)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool has = false;

	while (dir && !has && (entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		/* There is a name in front of the ending. */
		has = text_ends(name + 1, ".journal") || text_ends(name + 1, ".journal~");
		if (!has && look_below && strspn(name, "0123456789abcdef") == ID_DIGITS) {
			char below[4096];
			const int len = snprintf(below, sizeof(below), "%s/%s", path, name);

			has = len > 0 && (size_t)len < sizeof(below) && has_journals(below, false);
		}
	}
	if (dir)
		closedir(dir);
	return has;
}

bool journal_is(const char *path)
{
	char begin[sizeof(magic) - 1];
	bool is = false;
	struct stat st;
	int fd;

	/* A named pipe must not be opened to find out: its writer would notice. */
	if (stat(path, &st) < 0)
		return false;
	if (S_ISDIR(st.st_mode))
		return has_journals(path, true);
	if (!S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	is = read(fd, begin, sizeof(begin)) == (ssize_t)sizeof(begin) &&
		memcmp(begin, magic, sizeof(begin)) == 0;
	close(fd);
	return is;
}

static const char *why_of(enum fact_state state)
{
	switch (state) {
	case FACT_UNREAD:
	case FACT_PRESENT:
		return "";
	case FACT_ABSENT:
		return "there is none";
	case FACT_FORBIDDEN:
		return "needs group systemd-journal or adm";
	case FACT_MALFORMED:
		return "it is damaged, or of a newer systemd";
	case FACT_DISABLED:
		return "built without libsystemd";
	case FACT_EMPTY:
	case FACT_TOO_LARGE:
	case FACT_FAILED:
		break;
	}
	return "reading it failed";
}

static void set_state(struct journal *journal, enum fact_state state)
{
	journal->state = state;
	journal->why = why_of(state);
}

static int fail(struct journal *journal, int error)
{
	const enum fact_state state = fact_state_of(error);

	journal_close(journal);
	set_state(journal, state);
	return error;
}

/* In the child: what the parent holds of it must not be open there. */
static _Noreturn void be_child(
	struct journal *journal, const struct journal_choice *choice, const int go[2], int lines_fd)
{
	close(go[1]);
	close(journal->wake_fd);
	journal_child(choice, go[0], lines_fd, journal->word);
}

static int start(struct journal *journal, const struct journal_choice *choice)
{
	int lines[2], go[2], r = 0;

	if (pipe2(lines, O_CLOEXEC) < 0)
		return -errno;
	journal->wake_fd = lines[0];
	if (fcntl(lines[0], F_SETFL, O_NONBLOCK) < 0 || pipe2(go, O_CLOEXEC) < 0) {
		r = -errno;
		close(lines[1]);
		return r;
	}
	journal->go_fd = go[1];
	journal->child = fork();
	if (journal->child == 0)
		be_child(journal, choice, go, lines[1]);
	if (journal->child < 0) {
		r = -errno;
		journal->child = 0;
	}
	close(lines[1]);
	close(go[0]);
	return r;
}

/* Where journald keeps its files (journald.conf(5), Storage=). */
static bool any_kept(void)
{
	return access("/var/log/journal", F_OK) == 0 || access("/run/log/journal", F_OK) == 0;
}

int journal_open(struct journal *journal, const struct journal_choice *choice)
{
	void *shared;
	int r;

	*journal = (struct journal)JOURNAL_CLOSED;
	if (!journal_built())
		return fail(journal, -EOPNOTSUPP);
	if (!choice->path && !any_kept())
		return fail(journal, -ENOENT);
	shared = mmap(NULL, sizeof(*journal->word), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return fail(journal, -errno);
	journal->word = shared;
	journal->ended = false;
	r = start(journal, choice);
	return r < 0 ? fail(journal, r) : 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void journal_go(struct journal *journal)
{
	/* If the child is gone, the other end is, too: no SIGPIPE for that. */
	if (journal->go_fd >= 0) {
		struct sigaction before;
		const struct sigaction ignore = { .sa_handler = SIG_IGN };

		sigaction(SIGPIPE, &ignore, &before);
		(void)!write(journal->go_fd, "g", 1);
		sigaction(SIGPIPE, &before, NULL);
	}
	close_fd(&journal->go_fd);
}

static void refresh(struct journal *journal)
{
	if (!journal->word)
		return;
	set_state(journal, (enum fact_state)atomic_load(&journal->word->state));
	journal->cut = atomic_load(&journal->word->cut);
	journal->caught_up = atomic_load(&journal->word->caught_up);
}

/* Its last word; a child that broke off has no more to say than that. */
static void finish(struct journal *journal)
{
	int status = 0;
	pid_t got;

	do
		got = waitpid(journal->child, &status, 0);
	while (got < 0 && errno == EINTR);
	journal->child = 0;
	refresh(journal);
	if ((got > 0 && status != 0 && journal->state == FACT_PRESENT) ||
		journal->state == FACT_UNREAD)
		set_state(journal, FACT_FAILED);
	munmap(journal->word, sizeof(*journal->word));
	journal->word = NULL;
	journal->ended = true;
	close_fd(&journal->wake_fd);
	close_fd(&journal->go_fd);
}

ssize_t journal_read(struct journal *journal, char *buf, size_t size)
{
	ssize_t n;

	if (journal->wake_fd < 0)
		return 0;
	do
		n = read(journal->wake_fd, buf, size);
	while (n < 0 && errno == EINTR);
	if (n == 0 && size > 0)
		finish(journal);
	else
		refresh(journal);
	return n > 0 ? n : 0;
}

void journal_close(struct journal *journal)
{
	if (journal->child > 0) {
		kill(journal->child, SIGKILL);
		while (waitpid(journal->child, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	journal->child = 0;
	refresh(journal);
	if (journal->word)
		munmap(journal->word, sizeof(*journal->word));
	journal->word = NULL;
	journal->ended = true;
	close_fd(&journal->wake_fd);
	close_fd(&journal->go_fd);
}
