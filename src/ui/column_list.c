/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "base/value.h"
#include "ui/columns.h"

/* Columns that may go leave NAME at least so many cells; the others, fewer. */
#define NAME_LEAST 12
#define NAME_LEAST_OF_ALL 6

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static int compare_strings(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) - lower(*b);
}

const struct column *column_find(const char *name)
{
	unsigned count;
	const struct column *columns = columns_all(&count);

	for (unsigned i = 0; i < count; i++) {
		if (compare_strings(name, columns[i].id) == 0 ||
			compare_strings(name, columns[i].title) == 0)
			return &columns[i];
	}
	return NULL;
}

int column_width(const struct column *column, int cols)
{
	return cols < COLUMNS_NARROW_BELOW && column->narrow > 0 ? column->narrow : column->width;
}

/** What is left of a row for NAME, the last of the columns. */
static int name_cells(const struct column *const *shown, unsigned count, int cols)
{
	int left = cols - COLUMNS_MARK_CELLS;

	for (unsigned i = 0; i + 1 < count; i++)
		left -= column_width(shown[i], cols) + 1;
	return left;
}

/** The column to go next: the highest drop, or the last if all should stay. */
static unsigned next_to_go(const struct column *const *shown, unsigned count)
{
	unsigned next = count - 2;

	for (unsigned i = 0; i + 1 < count; i++) {
		if (shown[i]->drop > shown[next]->drop)
			next = i;
	}
	return next;
}

unsigned columns_fit(int cols, const struct column *shown[COLUMNS_SHOWN_MAX], int *ret_name_cols)
{
	unsigned n_columns, count = 0;
	const struct column *columns = columns_all(&n_columns);

	for (unsigned i = 0; i + 1 < n_columns && count + 1 < COLUMNS_SHOWN_MAX; i++) {
		if (columns[i].wide <= cols)
			shown[count++] = &columns[i];
	}
	shown[count++] = &columns[n_columns - 1];

	while (count > 1) {
		const unsigned next = next_to_go(shown, count);
		const int least = shown[next]->drop > 0 ? NAME_LEAST : NAME_LEAST_OF_ALL;

		if (name_cells(shown, count, cols) >= least)
			break;
		memmove(&shown[next], &shown[next + 1],
			(count - next - 1) * sizeof(const struct column *));
		count--;
	}
	*ret_name_cols = (int)value_max(name_cells(shown, count, cols), 0);
	return count;
}

void column_key(const struct column *column, const struct task_row *row, struct text *scratch,
	struct column_key *ret)
{
	ret->number = column->value ? column->value(row) : VALUE_UNKNOWN;
	ret->string = column->string ? column->string(row, scratch) : NULL;
}

/** 0: a value, 1: an empty text, 2: unknown; a higher class comes later. */
static int key_class(const struct column *column, const struct column_key *key)
{
	if (!column->string)
		return value_known(key->number) ? 0 : 2;
	if (!key->string)
		return 2;
	return key->string[0] == '\0';
}

int column_key_order(const struct column *column, bool descending, const struct column_key *a,
	const struct column_key *b)
{
	const int class = key_class(column, a);
	const int other = key_class(column, b);
	int order;

	if (class != other || class > 0)
		return class - other;
	if (column->string)
		order = compare_strings(a->string, b->string);
	else
		order = (a->number > b->number) - (a->number < b->number);
	return descending ? -order : order;
}

int row_kill_order(const struct task_row *a, const struct task_row *b)
{
	const struct judged *x = row_judged(a), *y = row_judged(b);

	if (x->rank > 0 && y->rank > 0)
		return (x->rank > y->rank) - (x->rank < y->rank);
	if (x->rank > 0 || y->rank > 0)
		return x->rank > 0 ? -1 : 1;
	/* VALUE_UNKNOWN is the least of all numbers, so it comes last here. */
	if (x->mem_pages != y->mem_pages)
		return x->mem_pages > y->mem_pages ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

int column_compare(const struct column *column, const struct task_row *a, const struct task_row *b)
{
	char buf_a[COLUMN_TEXT_MAX], buf_b[COLUMN_TEXT_MAX];
	struct text scratch_a, scratch_b;
	struct column_key x, y;
	int order;

	text_init(&scratch_a, buf_a, sizeof(buf_a));
	text_init(&scratch_b, buf_b, sizeof(buf_b));
	column_key(column, a, &scratch_a, &x);
	column_key(column, b, &scratch_b, &y);
	order = column_key_order(column, false, &x, &y);
	return order ? order : row_kill_order(a, b);
}

/** What a number may have behind it, by the unit of its column. */
static const struct {
	const char *unit, *suffix;
	int64_t times;
} suffixes[] = {
	{ "seconds", "s", 1 },
	{ "seconds", "m", 60 },
	{ "seconds", "min", 60 },
	{ "seconds", "h", 3600 },
	{ "seconds", "d", 86400 },
	{ "percent", "%", 1 },
};

/** Multiply by the worth of a suffix; "" is worth 1. */
static int take_suffix(const struct column *column, const char *suffix, int64_t *number)
{
	if (*suffix == '\0')
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (strcmp(suffixes[i].unit, column->unit) != 0 ||
			strcmp(suffixes[i].suffix, suffix) != 0)
			continue;
		if (__builtin_mul_overflow(*number, suffixes[i].times, number))
			return -ERANGE;
		return 0;
	}
	return -EINVAL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/** Make room for one more decimal digit and put it there; false if that does not fit. */
static bool append_digit(int64_t *number, int digit)
{
	return !__builtin_mul_overflow(*number, 10, number) &&
		!__builtin_add_overflow(*number, digit, number);
}

/** The digits of a number without its sign, counted in units of its last decimal.  *at is
 * moved behind them. */
static int take_digits(const char **at, int decimals, int64_t *number)
{
	bool point = false;

	while (is_digit(**at) && (!point || decimals > 0)) {
		if (!append_digit(number, **at - '0'))
			return -ERANGE;
		decimals -= point;
		++*at;
		if (**at == '.' && !point && decimals > 0 && is_digit((*at)[1])) {
			point = true;
			++*at;
		}
	}
	for (; decimals > 0; decimals--) {
		if (!append_digit(number, 0))
			return -ERANGE;
	}
	return 0;
}

/** A number in the column's unit to what its value() counts: tenths, say. */
static int parse_number(const struct column *column, const char *string, int64_t *ret)
{
	const bool negative = *string == '-';
	int64_t number = 0;
	int rc;

	string += negative || *string == '+';
	if (!is_digit(*string))
		return -EINVAL;
	rc = take_digits(&string, column->decimals, &number);
	if (rc == 0)
		rc = take_suffix(column, string, &number);
	if (rc < 0)
		return rc;
	*ret = negative ? -number : number;
	return 0;
}

int column_parse(const struct column *column, const char *string, int64_t *ret)
{
	if (column->kind != COLUMN_BYTES)
		return parse_number(column, string, ret);
	/* Growth is shown with a sign, so it may be typed with one. */
	return units_parse_bytes(
		string[0] == '+' && is_digit(string[1]) ? string + 1 : string, ret);
}
