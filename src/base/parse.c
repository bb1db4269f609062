/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/parse.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int parse_uint(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
			return -ERANGE;
	}
	if (value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_hex(const char *text, size_t min_digits, size_t max_digits, uint64_t *ret)
{
	size_t len = strnlen(text, max_digits + 1);
	uint64_t value = 0;

	if (len < min_digits || len > max_digits)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		int digit = digit_value(text[i]);

		if (digit < 0)
			return -EINVAL;
		value = value << 4 | (unsigned int)digit;
	}
	*ret = value;
	return 0;
}

int parse_bool(const char *text, bool *ret)
{
	static const char *const words[][2] = {
		{ "no", "yes" }, { "off", "on" }, { "false", "true" }, { "0", "1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (int value = 0; value < 2; value++) {
			if (strcmp(text, words[i][value]) == 0) {
				*ret = value;
				return 0;
			}
		}
	}
	return -EINVAL;
}

int parse_size(const char *text, uint64_t unit_default, uint64_t *ret)
{
	static const char units[] = "KMGT";
	size_t len = strlen(text);
	uint64_t unit = unit_default, number;
	char digits[32];
	const char *found;
	int r;

	if (len == 0 || len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, len + 1);
	found = strchr(units, toupper((unsigned char)digits[len - 1]));
	if (found) {
		unit = UINT64_C(1) << (10 * (found - units + 1));
		digits[len - 1] = '\0';
	}
	r = parse_uint(digits, UINT64_MAX, &number);
	if (r < 0)
		return r;
	if (__builtin_mul_overflow(number, unit, &number))
		return -ERANGE;
	*ret = number;
	return 0;
}
