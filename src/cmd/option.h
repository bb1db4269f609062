/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "base/strv.h"

/* Every option there is; the table in option.c drives parser, help, man page and completion. */
enum option_id {
	OPTION_ALL,
	OPTION_ALLOW,
	OPTION_BOOT_LOADER,
	OPTION_CONTINUE,
	OPTION_DOT,
	OPTION_DETACH,
	OPTION_DRY_RUN,
	OPTION_EARLY,
	OPTION_EXEC,
	OPTION_FUNCTIONS,
	OPTION_GPU,
	OPTION_GROUP,
	OPTION_GUEST,
	OPTION_JSON,
	OPTION_PREDICT,
	OPTION_LIST,
	OPTION_ROM,
	OPTION_RESET,
	OPTION_NAME,
	OPTION_STOP_TIMEOUT,
	OPTION_TEMPLATE,
	OPTION_TIMEOUT,
	OPTION_TREE,
	OPTION_UDEV,
	OPTION_UNDO,
	OPTION_UPDATE_INITRAMFS,
	OPTION_COLOR,
	OPTION_HELP,
	OPTION_QUIET,
	OPTION_ROOT,
	OPTION_VERBOSE,
	OPTION_VERSION,
	OPTION_WITH_ACS,
	OPTION_YES,
	OPTION_MAX,
};

#define OPTION_BIT(id) (UINT64_C(1) << (id))

/* Options that every verb takes. */
#define OPTIONS_GLOBAL                                                                             \
	(OPTION_BIT(OPTION_COLOR) | OPTION_BIT(OPTION_HELP) | OPTION_BIT(OPTION_QUIET) |           \
	 OPTION_BIT(OPTION_ROOT) | OPTION_BIT(OPTION_VERBOSE) | OPTION_BIT(OPTION_VERSION))

enum option_argument { ARGUMENT_NONE, ARGUMENT_REQUIRED, ARGUMENT_OPTIONAL };

struct option_spec {
	const char *name;
	char letter; /* 0: only the long form */
	enum option_argument takes;
	const char *argument; /* what it is called in help; completion knows these words as well */
	const char *help;
};

extern const struct option_spec option_specs[OPTION_MAX];

/* The options of one invocation. */
struct options {
	uint64_t given;          /* OPTION_BIT()s */
	unsigned int timeout_ms; /* for each write that can block */
	unsigned int stop_timeout_ms; /* for a guest to power off; 0: not given */
	const char *root;        /* NULL: the running host */
	const char *help;        /* --help=man, --help=bash; NULL: plain --help */
	bool color;              /* of standard output, decided: --color=WHEN, terminal, environment */
	bool color_stderr;
	struct strv allow;       /* finding ids */
	struct strv with_acs;    /* each a DEVICE */
	const char *name;        /* of a claim; NULL: none given */
	const char *functions;   /* "slot" or "only"; NULL: none given */
	const char *udev;        /* the address of a uevent; NULL: none given */

	/* What answers setup's questions; NULL: none given */
	const char *gpu, *boot_loader, *guest, *guest_template;
};

static inline bool option_given(const struct options *options, enum option_id id)
{
	return options->given & OPTION_BIT(id);
}
