/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 64

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Edit distance in which two letters that changed places count once (optimal string alignment),
 * since that is what fingers do. Words longer than WORD_MAX are never near.
 */
static size_t distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, WORD_MAX), b_len = strnlen(b, WORD_MAX);
	size_t d[WORD_MAX][WORD_MAX];

	if (a_len == WORD_MAX || b_len == WORD_MAX)
		return SIZE_MAX;
	for (size_t i = 0; i <= a_len; i++) {
		for (size_t j = 0; j <= b_len; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = min(min(d[i - 1][j], d[i][j - 1]) + 1,
				      d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a_len][b_len];
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
