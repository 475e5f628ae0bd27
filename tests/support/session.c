/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include <errno.h>
#include <stdio.h>

#include "unit.h"

const char *stat_text(struct stat_line s)
{
	static char ring[16][256];
	static unsigned next;
	char *buf = ring[next++ % 16];

	snprintf(buf, sizeof(ring[0]),
		"%d (%s) %c 1 1 1 0 -1 %u %d 0 0 0 %d 0 0 0 20 0 %d 0 %d %ld %ld "
		"18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0\n",
		s.pid, s.comm, s.state ? s.state : 'S', s.flags, s.minflt, s.utime,
		s.threads ? s.threads : 1, s.start ? s.start : 100, s.vsize, s.rss);
	return buf;
}

bool session_begin(struct session *session, const struct tree_file files[])
{
	static const struct collect_options options = { .cmdlines = true };
	int error;

	*session = (struct session){ .tree = tree_make(files) };
	session->now = &session->snapshots[0];
	error = session->tree ? root_open_recorded(&session->root, session->tree) : -EIO;
	if (!expect_int("open", error, 0)) {
		tree_remove(session->tree);
		return false;
	}
	return expect_int("new", collector_new(&session->root, &options, &session->collector), 0);
}

const struct snapshot *session_tick(struct session *session)
{
	if (session->now->tick > 0)
		expect_int("next", root_next(&session->root), 0);
	session->now =
		session->now == session->snapshots ? session->snapshots + 1 : session->snapshots;
	expect_int("tick", collector_tick(session->collector, session->now), 0);
	return session->now;
}

void session_end(struct session *session)
{
	collector_free(session->collector);
	arena_free(&session->snapshots[0].arena);
	arena_free(&session->snapshots[1].arena);
	root_close(&session->root);
	tree_remove(session->tree);
}

const struct task *session_task(const struct snapshot *snapshot, int32_t pid)
{
	static const struct identity nobody = { 0 };
	static const struct task none = { .who = &nobody };

	for (uint32_t i = 0; i < snapshot->n_tasks; i++)
		if (snapshot->tasks[i].pid == pid)
			return &snapshot->tasks[i];
	expect_int("no such task", -1, pid);
	return &none;
}

bool session_once(const char *tree, struct snapshot *snapshot)
{
	static const struct collect_options options = { 0 };
	struct collector *collector = NULL;
	struct root root;
	int error = tree ? root_open_recorded(&root, tree) : -EIO;

	*snapshot = (struct snapshot){ 0 };
	if (!expect_int("open", error, 0))
		return false;
	error = collector_new(&root, &options, &collector);
	if (error == 0)
		error = collector_tick(collector, snapshot);
	collector_free(collector);
	root_close(&root);
	return expect_int("tick", error, 0);
}
