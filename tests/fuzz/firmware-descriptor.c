/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One of QEMU's firmware descriptors is left out, or names its files in full. */
#include <string.h>

#include "fuzz.h"
#include "launch/firmware-descriptor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct firmware_descriptor descriptor = { 0 };

	if (!firmware_descriptor_parse("50-fuzz.json", text, &descriptor))
		return 0;
	check(descriptor.code && descriptor.code[0] == '/' && descriptor.code_format);
	check(!descriptor.template || (descriptor.template[0] == '/' && descriptor.template_format));
	firmware_descriptor_release(&descriptor);
	return 0;
}
