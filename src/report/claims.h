/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "base/json.h"
#include "host/host.h"

/* Claims and where each stands. With files: what is in the files as well. */
void text_claims(FILE *out, const struct host *host, bool files, bool color);

/* What a claim is about: its "address", "ids" and "functions". */
void json_put_claim_device(struct json_object *item, const struct claim *claim);

/* "claims", "off" and "problems" of a document. */
void json_put_claims(struct json_object *document, const struct host *host);
