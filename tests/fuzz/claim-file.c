/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A claim file is refused with a reason that names it, or gives a claim of one possible address. */
#include <string.h>

#include "fuzz.h"
#include "host/claims.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xcalloc(size + 1, 1);
	struct error err = { .code = 0 };
	struct claim claim = { 0 };

	memcpy(text, data, size);
	if (config_read_text(&claim_format, "gpu.conf", text, size, &claim, &err) == 0) {
		check(claim.at.line > 0);
		check(claim.address.device < 32 && claim.address.function < 8);
		check(claim.functions <= CLAIM_ONLY);
	} else {
		check(err.code != 0 && strncmp(err.msg, "gpu.conf", 8) == 0);
	}
	config_release(&claim_format, &claim);
	return 0;
}
