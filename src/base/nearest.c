/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 64

/* Levenshtein distance over one rolling row; words longer than WORD_MAX are never near. */
static size_t distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, WORD_MAX), b_len = strnlen(b, WORD_MAX);
	size_t row[WORD_MAX + 1];

	if (a_len == WORD_MAX || b_len == WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_len];
}

const char *nearest_word(const char *text, const char *const *words, size_t count, size_t stride)
{
	const char *nearest = NULL;
	size_t nearest_distance = SIZE_MAX;

	for (size_t i = 0; i < count; i++) {
		const char *word = *(const char *const *)((const char *)words + i * stride);
		size_t d = distance(text, word), limit = strlen(word) / 3;

		if (d < nearest_distance && d <= (limit ? limit : 1)) {
			nearest = word;
			nearest_distance = d;
		}
	}
	return nearest;
}
