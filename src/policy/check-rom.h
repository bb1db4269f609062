/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/finding.h"

/*
 * Add rom-without-efi for a card that would show a guest this ROM, if OVMF can run none of its
 * images. subject is the card's address, name what to call the ROM: "its ROM", "/path/to/file".
 */
void check_rom_data(const char *subject, const char *name, const void *data, size_t size,
		    struct finding_list *findings);
