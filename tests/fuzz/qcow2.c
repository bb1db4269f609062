/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a disk's image is refused, or names at most one file below it, in one piece. */
#include <string.h>

#include "fuzz.h"
#include "launch/backing-chain.h"

#define NAME_MAX_LENGTH 1023 /* QEMU's docs/interop/qcow2.txt */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct qcow2_backing below;

	if (qcow2_backing_parse(data, size, &below) < 0) {
		check(!below.name && !below.raw);
		return 0;
	}
	if (below.name) {
		size_t len = strlen(below.name);

		check(len > 0 && len <= NAME_MAX_LENGTH && memmem(data, size, below.name, len));
	} else {
		check(!below.raw);
	}
	free(below.name);
	return 0;
}
