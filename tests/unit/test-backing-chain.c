/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "base/alloc.h"
#include "launch/backing-chain.h"
#include "support/test.h"

#define NAME_AT 0x90

static void put_be32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A version 3 header whose one extension, at 104, gives the format of the image below. */
static void make_head(uint8_t *head, size_t size, const char *name, const char *format)
{
	memset(head, 0, size);
	memcpy(head, "QFI\xfb", 4);
	put_be32(head + 4, 3);
	put_be32(head + 100, 104);
	put_be32(head + 104, 0xe2792aca);
	put_be32(head + 108, (uint32_t)strlen(format));
	memcpy(head + 112, format, strlen(format));
	if (!name)
		return;
	put_be32(head + 12, NAME_AT);
	put_be32(head + 16, (uint32_t)strlen(name));
	memcpy(head + NAME_AT, name, strlen(name));
}

static void the_name_and_format_are_found(void **unused)
{
	struct qcow2_backing below;
	uint8_t head[512];

	(void)unused;
	make_head(head, sizeof(head), "base.img", "raw");
	assert_int_equal(qcow2_backing_parse(head, sizeof(head), &below), 0);
	assert_string_equal(below.name, "base.img");
	assert_true(below.raw);
	free(below.name);
	make_head(head, sizeof(head), "base.qcow2", "qcow2");
	assert_int_equal(qcow2_backing_parse(head, sizeof(head), &below), 0);
	assert_string_equal(below.name, "base.qcow2");
	assert_false(below.raw);
	free(below.name);
}

static void an_image_may_stand_alone(void **unused)
{
	struct qcow2_backing below;
	uint8_t head[512];

	(void)unused;
	make_head(head, sizeof(head), NULL, "raw");
	assert_int_equal(qcow2_backing_parse(head, sizeof(head), &below), 0);
	assert_null(below.name);
}

static void assert_refused(const uint8_t *head, size_t size)
{
	struct qcow2_backing below;

	assert_int_equal(qcow2_backing_parse(head, size, &below), -EINVAL);
	assert_null(below.name);
}

static void what_is_no_header_is_refused(void **unused)
{
	uint8_t head[512];

	(void)unused;
	make_head(head, sizeof(head), "base.img", "raw");
	assert_refused(head, 0);
	assert_refused(head, 71);
	assert_refused(head, NAME_AT + 3); /* the name is cut */
	put_be32(head + 8, 1);             /* beyond 4 GiB */
	assert_refused(head, sizeof(head));
	make_head(head, sizeof(head), "base.img", "raw");
	put_be32(head + 16, 1024); /* a longer name than the format has */
	assert_refused(head, sizeof(head));
	make_head(head, sizeof(head), "base.img", "raw");
	head[NAME_AT + 2] = '\0';
	assert_refused(head, sizeof(head));
	make_head(head, sizeof(head), "base.img", "raw");
	head[0] = 'q';
	assert_refused(head, sizeof(head));
}

static void extensions_end_where_the_head_does(void **unused)
{
	struct qcow2_backing below;
	uint8_t head[512];

	(void)unused;
	make_head(head, sizeof(head), "base.img", "raw");
	put_be32(head + 108, UINT32_MAX);
	assert_int_equal(qcow2_backing_parse(head, sizeof(head), &below), 0);
	assert_false(below.raw);
	free(below.name);
	make_head(head, sizeof(head), "base.img", "raw");
	put_be32(head + 100, UINT32_MAX);
	assert_int_equal(qcow2_backing_parse(head, sizeof(head), &below), 0);
	assert_false(below.raw);
	free(below.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_and_format_are_found),
		cmocka_unit_test(an_image_may_stand_alone),
		cmocka_unit_test(what_is_no_header_is_refused),
		cmocka_unit_test(extensions_end_where_the_head_does),
	};

	return cmocka_run_group_tests_name("backing-chain", tests, NULL, NULL);
}
