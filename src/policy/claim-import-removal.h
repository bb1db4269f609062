/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/claim-import.h"

/* How what the claims take the place of is ended. */
void claim_import_add_removals(const struct host *host, struct claim_import *import);
