/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "cmd/cmd.h"

/* What a shell can complete where help has a word such as DEVICE. */
enum completion_kind {
	COMPLETE_NOTHING, /* a number, or a name of one's own choice */
	COMPLETE_WORD,	  /* the word itself: "slot" of "slot|only" */
	COMPLETE_LIST,	  /* what vfioadm --help=LIST prints */
	COMPLETE_FILE,
	COMPLETE_DIRECTORY,
};

struct completion {
	enum completion_kind kind;
	char *word; /* the word, or the list's name, owned; NULL for the other kinds */
};

struct completions {
	struct completion *items;
	size_t count;
};

/* What the help calls arguments: "DEVICE...", "FILE|DEVICE", "auto|always|never", "" or NULL. */
struct completions completions_of(const char *arguments);
void completions_release(struct completions *completions);

/*
 * A list that changes with the host, for a shell to complete from: a line each, the word, a tab, and
 * what it is. What cannot be read is left out, without a message: nobody would see it.
 */
struct completion_list {
	const char *name;
	void (*print)(FILE *out, struct host_root *root);
};

extern const struct completion_list completion_lists[];
extern const size_t completion_list_count;
