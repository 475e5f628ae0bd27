/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/explain.h"
#include "base/text.h"
#include "fuzz.h"
#include "parse/report.h"

static void check_sentences(const struct explained *explained)
{
	CHECK(explained->n_words > 0 && explained->n_words <= explained->n_sentences);
	CHECK(explained->n_sentences <= EXPLAIN_SENTENCES_MAX && explained->n_next > 0);
	for (unsigned i = 0; i < explained->n_sentences; i++) {
		for (const char *at = explained->sentences[i]; *at; at++)
			CHECK((unsigned char)*at >= ' ' && *at != 0x7f);
	}
}

static void check_ranks(const struct explained *explained)
{
	const uint32_t n = explained->report->n_tasks;

	CHECK(explained->n_ranked <= n);
	for (uint32_t i = 0; i < n; i++) {
		const struct explained_task *task = &explained->tasks[explained->order[i]];

		CHECK(explained->order[i] < n);
		CHECK(task->rank == (i < explained->n_ranked ? i + 1 : 0));
		CHECK(task->rank == 0 || task->exempt == EXEMPT_NONE);
		CHECK(task->least <= task->most);
		if (i > 0 && i < explained->n_ranked)
			CHECK(explained->tasks[explained->order[i - 1]].badness.total >=
				task->badness.total);
	}
}

static void check_choice(const struct explained *explained)
{
	const struct explained_choice *choice = &explained->choice;

	CHECK(choice->why[0]);
	CHECK((choice->first == EXPLAIN_NO_ROW) == (explained->n_ranked == 0));
	CHECK(choice->target == EXPLAIN_NO_ROW || choice->target < explained->report->n_tasks);
	if (explained->spared.known)
		CHECK(choice->agrees == ANSWER_YES && choice->first == choice->target);
	if (explained->spared.known && explained->spared.possible) {
		CHECK(explained->spared.adj >= -999);
		CHECK(explained->spared.adj <
			explained->report->tasks[choice->first].oom_score_adj);
	}
}

static void check_zones(const struct explained *explained)
{
	for (uint32_t i = 0; i < explained->report->n_zones; i++) {
		CHECK(fuzz_value(explained->zones[i].usable_pages, INT64_MAX));
		CHECK(fuzz_value(explained->zones[i].largest_block_pages, INT64_MAX));
		CHECK(explain_zone_words(explained->zones[i].answer)[0]);
	}
	CHECK(fuzz_values(&explained->memory, sizeof(explained->memory), INT64_MAX));
}

static void check(const struct oom_report *report, void *context)
{
	struct explained explained;
	struct arena *arena = context;

	arena_reset(arena);
	if (explain_report(report, arena, &explained) < 0)
		abort();
	CHECK((unsigned)explained.cause < CAUSE_COUNT);
	CHECK(!value_known(explained.total_pages) || explained.total_pages >= 1);
	check_sentences(&explained);
	check_ranks(&explained);
	check_choice(&explained);
	check_zones(&explained);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 }, explaining = { 0 };
	const struct report_listener listener = { .report = check, .context = &explaining };
	struct report_parser *parser = report_parser_new(&arena);
	char *text = fuzz_copy(data, size, false);

	if (!parser)
		abort();
	report_parser_feed(parser, text, size, &listener);
	report_parser_end(parser, &listener);
	report_parser_free(parser);
	arena_free(&arena);
	arena_free(&explaining);
	free(text);
	return 0;
}
