/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What collect/replay is made of: bytes, lines, JSON by pieces, a pass over log lines, and the
 * state that samples are told against.
 */
#ifndef OOMWATCH_COLLECT_REPLAY_PARTS_H
#define OOMWATCH_COLLECT_REPLAY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "collect/replay.h"
#include "parse/scan.h"

/* ---- replay_lines.c: bytes and lines ---- */

/** Where bytes come from, any of them at any time. */
struct replay_source {
	const char *memory; /**< NULL: the file */
	int fd;             /**< -1: none */
	int64_t size;       /**< bytes, as it was opened: what is added later is not looked at */
};

/** Open a file, "-" for standard input; what cannot be read twice is copied into memory. */
int replay_source_open(struct replay_source *source, const char *name);
void replay_source_close(struct replay_source *source);
/** Read up to len bytes; returns how many (0 at the end), or -errno. */
ssize_t replay_source_read(
	const struct replay_source *source, int64_t offset, char *buf, size_t len);

/** A cursor over lines; zero-initialise, set source. */
struct replay_lines {
	const struct replay_source *source;
	char *buf;
	size_t room;
	size_t at, len;  /**< of buf: where the next line begins, bytes in it */
	int64_t offset;  /**< of buf[at] in the file */
	int64_t numbers; /**< lines read so far */
};

struct replay_line {
	const char *text; /**< without its newline, until the next line is read */
	size_t len;
	int64_t offset;
	bool whole; /**< it has its newline */
};

/** Go on reading at a place. */
void replay_lines_seek(struct replay_lines *lines, int64_t offset);
/** The next line: 1, 0 at the end, or -errno: -EFBIG above REPLAY_LINE_MAX. */
int replay_lines_next(struct replay_lines *lines, struct replay_line *ret);
void replay_lines_free(struct replay_lines *lines);

/* ---- replay_json.c: JSON by pieces, so that no line is a tree in memory ---- */

/** An object or array that is walked. */
struct replay_json {
	struct scan scan;
	char end; /**< '}' or ']' */
	bool any; /**< something was read of it */
};

/** Begin with text that must be an object ('{') or array ('['): 0 or -EBADMSG. */
int replay_json_begin(struct span text, char bracket, struct replay_json *ret);
/** The next member: 1; 0 behind the last (and nothing but blanks follows), or -EBADMSG. */
int replay_json_member(struct replay_json *json, struct span *ret_name, struct span *ret_value);
/** The same of an array. */
int replay_json_element(struct replay_json *json, struct span *ret_value);
/** A whole number from min to max; else -EBADMSG. */
int replay_json_int(struct span value, int64_t min, int64_t max, int64_t *ret);

/* ---- replay_log.c: reports among log lines, or of a plain log ---- */

enum replay_line_kind {
	REPLAY_LINE_BAD,   /**< no JSON object with a type */
	REPLAY_LINE_OTHER, /**< of a type that is passed over */
	REPLAY_LINE_RECORD,
	REPLAY_LINE_SAMPLE,
	REPLAY_LINE_LOG,
};

/** What is seen of a line of a record without looking at it closely. */
struct replay_glance {
	enum replay_line_kind kind;
	bool key;
	int64_t uptime_ms; /**< VALUE_UNKNOWN if it does not say it */
	int64_t version;   /**< of a record; VALUE_UNKNOWN */
	struct span line;  /**< of a log line: the JSON string */
};

void replay_glance(const struct replay_line *line, struct replay_glance *ret);

/** A place from which a pass can begin. */
struct replay_mark {
	int64_t offset;   /**< of a line's first byte */
	int64_t log_line; /**< log lines before it */
};

/** One reading of the log lines. */
struct replay_pass {
	const struct replay_source *source;
	bool record; /**< they are in a record; else all is log */
	const struct report_listener *listener;
	struct replay_lines lines;
	struct report_parser *parser;
	struct arena arena;
	int64_t log_lines;     /**< fed so far */
	int64_t log_uptime_ms; /**< of the last one, if it is not settled */
	bool unsettled;
	bool lost; /**< memory was short */
};

/** Begin at a mark; 0 or -ENOMEM. */
int replay_pass_begin(struct replay_pass *pass, const struct replay_mark *mark);
/** Feed the next block of a plain log, with the mark behind its last whole line: 1, 0 at the
 * end, -errno. */
int replay_pass_block(struct replay_pass *pass, struct replay_mark *mark);
/** Feed what a line of a record says; samples settle. */
int replay_pass_line(struct replay_pass *pass, const struct replay_glance *glance);
/** The end of the log. */
int replay_pass_end(struct replay_pass *pass);
void replay_pass_free(struct replay_pass *pass);

/* ---- replay_index.c: what there is ---- */

/** A sample line. */
struct replay_at {
	int64_t offset;
	int64_t line;     /**< of the file, from 1 */
	int64_t log_line; /**< log lines before it */
	int64_t uptime_ms;
	int64_t head; /**< offset of the record line that it follows */
	int64_t key;  /**< number of the sample that all is told in, this or before */
};

/** A report or event. */
struct replay_told {
	struct moment moment;
	int64_t log_line; /**< its last one, from 1 */
	uint32_t nth;     /**< of those of the same last line, from 0 */
};

struct replay_entry {
	struct moment moment;
	int64_t number; /**< in samples, or in told */
};

struct replay_index {
	struct replay_at *samples;
	struct replay_told *told;
	struct replay_mark *marks; /**< in order; the first is the beginning */
	struct replay_entry *entries;
	int64_t n_samples, n_told, n_marks, n_entries;
	int64_t room_samples, room_told, room_marks;
	bool record;
	bool cut;         /**< the last line is not whole, or no JSON */
	int64_t bad_line; /**< number of the first that could not be used; 0: none */
	int64_t version;  /**< of a record that is not RECORD_VERSION; else VALUE_UNKNOWN */
};

/** Find all; 0 or -errno (-EPROTO: a record of another version).  replay_index_free() is needed
 * in any case. */
int replay_index_make(struct replay_index *index, const struct replay_source *source);
void replay_index_free(struct replay_index *index);

/* ---- replay_sample.c: what the lines say (more in collect/replay_state.h) ---- */

struct replay_state;

struct replay_state *replay_state_new(void);
void replay_state_free(struct replay_state *state);
/** Take a record line: all before it is forgotten.  0, -ENOMEM or -EBADMSG. */
int replay_state_head(struct replay_state *state, struct span line);
/** Take a sample line.  0, -ENOMEM or -EBADMSG: the state is what it was. */
int replay_state_sample(struct replay_state *state, struct span line);
/** Fill a snapshot with what the state is now: 0 or -ENOMEM. */
int replay_state_show(const struct replay_state *state, struct snapshot *ret);
/** What of the last line could not be taken, "" if nothing; a static string. */
const char *replay_state_why(const struct replay_state *state);

#endif
