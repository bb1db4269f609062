/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Red and magenta are the ones that can be read on white as well as on black; gcc uses them so. */
#define COLOR_BAD   "\033[1;31m"
#define COLOR_WARN  "\033[1;35m"
#define COLOR_BOLD  "\033[1m"
#define COLOR_PLAIN "\033[0m"
