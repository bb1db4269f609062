/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/option.h"

const struct option_spec option_specs[OPTION_MAX] = {
	[OPTION_ALL] = { "all", 0, ARGUMENT_NONE, NULL, "every PCI function, not only GPUs" },
	[OPTION_ALLOW] = { "allow", 0, ARGUMENT_REQUIRED, "FINDING-ID",
			   "go on in spite of this finding; may be given several times" },
	[OPTION_DRY_RUN] = { "dry-run", 'n', ARGUMENT_NONE, NULL,
			     "print what would be done, and do nothing" },
	[OPTION_GROUP] = { "group", 0, ARGUMENT_NONE, NULL,
			   "take the other members of the IOMMU group along" },
	[OPTION_JSON] = { "json", 0, ARGUMENT_NONE, NULL, "print a JSON document" },
	[OPTION_LIST] = { "list", 0, ARGUMENT_NONE, NULL,
			  "print every finding there is, with its severity, and look at nothing" },
	[OPTION_PREDICT] = { "predict", 0, ARGUMENT_NONE, NULL,
			     "the groups that follow from configuration space alone" },
	[OPTION_TIMEOUT] = { "timeout", 0, ARGUMENT_REQUIRED, "SEC",
			     "seconds to wait for each write that can block (30)" },
	[OPTION_COLOR] = { "color", 0, ARGUMENT_REQUIRED, "WHEN",
			   "auto (on a terminal), always or never" },
	[OPTION_HELP] = { "help", 'h', ARGUMENT_OPTIONAL, "FORM",
			  "print this help; FORM is text, man, guest-man or bash" },
	[OPTION_QUIET] = { "quiet", 'q', ARGUMENT_NONE, NULL, "print errors only" },
	[OPTION_ROOT] = { "root", 0, ARGUMENT_REQUIRED, "DIR",
			  "look at the host whose tree is captured in DIR" },
	[OPTION_VERBOSE] = { "verbose", 'v', ARGUMENT_NONE, NULL, "print each step" },
	[OPTION_VERSION] = { "version", 0, ARGUMENT_NONE, NULL, "print the version" },
};
