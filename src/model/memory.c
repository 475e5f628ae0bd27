/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/memory.h"

#include <stddef.h>

void values_forget(void *values, size_t size)
{
	int64_t *value = values;

	for (size_t i = 0; i < size / sizeof(*value); i++)
		value[i] = VALUE_UNKNOWN;
}
