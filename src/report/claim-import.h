/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "base/json.h"
#include "policy/claim-import.h"

/* What other tools were told, and what each becomes. */
void text_claim_import(FILE *out, const struct claim_import *import, bool color);

/* What to end by hand, and what is missing; prints nothing where there is neither. */
void text_claim_removals(FILE *out, const struct claim_import *import);

/* "items", "claims", "remove" and "notes" of a document. */
void json_put_claim_import(struct json_object *document, const struct claim_import *import);
