/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "support/tree.h"

/*
 * The host's screen in a made-up tree, as Linux shows it: the firmware's frame buffer
 * efi-framebuffer.0 in BAR 0 of a card, what else draws, and the text console, which is there (as
 * vtcon1, bound) as long as there is any frame buffer. A card is named by its directory, "sys/...".
 */
#define FIRMWARE_FB	   "efi-framebuffer.0"
#define FIRMWARE_FB_DRIVER "efi-framebuffer"
#define FIRMWARE_FB_DIR	   "sys/bus/platform/devices/" FIRMWARE_FB
#define SCREEN_PATH	   "sys/devices/pci0000:00/0000:00:02.0"

/* efifb draws on the function's BAR 0; it has fb0, and the console is on it. */
void made_screen_add(struct tree *tree, const char *addr);

/* The kernel's side of binding and unbinding efifb, and of removing its device; 0 or an errno. */
int made_screen_bind(struct tree *tree);
int made_screen_unbind(struct tree *tree);
void made_screen_remove(struct tree *tree);
bool made_screen_is_on(struct tree *tree, const char *addr);

/* A driver's frame buffer below a directory: it comes, and it goes. */
void made_screen_add_node(struct tree *tree, const char *directory, const char *name);
void made_screen_remove_node(struct tree *tree, const char *directory, const char *name);
