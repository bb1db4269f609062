/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/option-rom.h"
#include "support/made-rom.h"

/*
 * What is made of a ROM that was made up. The parser gets a copy of exactly its size, so that the
 * sanitizer sees every byte that is read beyond.
 */
struct option_rom parse_bytes(const void *data, size_t size);
struct option_rom parse_made(const struct made_rom *made);
struct option_rom parse_image(const struct made_image *image);

/*
 * It has this many images, boots or not, and has these problems in this order and no others.
 * Releases it.
 */
void assert_rom(struct option_rom rom, size_t images, bool efi_boot, const char *const *problems,
		size_t count);

#define ASSERT_ROM(rom, images, efi_boot, ...)                                                     \
	do {                                                                                       \
		static const char *const problems_[] = { __VA_ARGS__ };                            \
		assert_rom((rom), (images), (efi_boot), problems_, ARRAY_SIZE(problems_));         \
	} while (0)

/* The only image of a ROM. */
#define IMAGE(...)                                                                                 \
	(&(struct made_image){ .vendor = 0x10de, .device = 0x1b80, .last = 1, __VA_ARGS__ })
#define EFI_FOR(v, d)                                                                              \
	(&(struct made_image){ .code_type = 3, .vendor = (v), .device = (d), .last = 1 })
