/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/json_out.h"

static const char *kill_source_id(enum kill_source source)
{
	switch (source) {
	case KILL_OF_JOURNAL:
		return "journal";
	case KILL_OF_TRACEPOINT:
		return "tracepoint";
	case KILL_OF_COUNTER:
		return "counter";
	case KILL_OF_LOG:
		break;
	}
	return "log";
}

static const char *foretold_id(enum kill_foretold foretold)
{
	switch (foretold) {
	case KILL_FORETOLD:
		return "yes";
	case KILL_OTHER:
		return "no";
	case KILL_UNCERTAIN:
		return "uncertain";
	case KILL_NOT_WATCHED:
		break;
	}
	return "not_watched";
}

static void write_text(struct json *json, const char *name, const char *text)
{
	json_put_string(json, name, text[0] ? text : NULL);
}

static void write_kill(struct json_out *out, const struct kill *kill)
{
	struct json *json = &out->json;

	json_put_object(json, NULL);
	json_put_int(json, "uptime_ms", kill->uptime_ms);
	json_out_time(out, kill->time_ms);
	write_text(json, "killer", kill->killer);
	write_text(json, "scope", kill->scope);
	json_put_string(json, "source", kill_source_id(kill->source));
	write_text(json, "victim", kill->victim);
	json_put_int(json, "pid", kill->pid);
	json_put_int(json, "processes", kill->n_processes);
	json_put_int(json, "one_of", kill->n_gone > 0 ? kill->n_gone : VALUE_UNKNOWN);
	json_put_int(json, "gives_back_kib", kill->gives_back_kib);
	json_put_string(json, "foretold", foretold_id(kill->foretold));
	write_text(json, "instead", kill->instead);
	json_end_object(json);
}

void json_out_kills(struct json_out *out)
{
	const struct killlog *killlog = &out->app->killlog;
	const struct kills *kills = &killlog->kills;

	json_put_array(&out->json, "kills");
	for (unsigned i = kills_count(kills); i-- > 0;) {
		const struct kill *kill = kills_get(kills, i);

		if (kill->before || kill->number <= killlog->tick_first ||
			kill->number > killlog->tick_last)
			continue;
		write_kill(out, kill);
		json_out_drain(out);
	}
	json_end_array(&out->json);
}
