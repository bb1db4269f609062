/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * Make text fit for a terminal, in place: each byte of a control character, or of what is not UTF-8,
 * becomes a question mark. Names of processes and files are anybody's, and a terminal obeys them.
 */
void printable(char *text);
