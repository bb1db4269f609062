/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What the fuzz targets share; libFuzzer calls LLVMFuzzerTestOneInput() with one input after another. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input: where it does not, the fuzzer has found something. */
static inline void check(int holds)
{
	if (!holds)
		abort();
}

/* The input as a text of its own, so that the address sanitizer sees its end; to be freed. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	return xstrndup((const char *)data, size);
}
