/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "base/json.h"
#include "policy/option-rom.h"

/* A table of the images, the problems, and what it means for a guest under OVMF. */
void text_rom(FILE *out, const struct option_rom *rom, bool color);

/* Adds images[], efi_boot and problems[] to a document made by json_document(). */
void json_put_rom(struct json_object *document, const struct option_rom *rom);
