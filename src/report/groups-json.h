/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/json.h"
#include "policy/target.h"
#include "policy/what-if.h"

/* Members of the document of vfioadm groups: iommu and groups. */
void json_put_groups(struct json_object *document, const struct host *host);

/* And with --predict: predicted, prediction_matches. */
void json_put_prediction(struct json_object *document, const struct prediction *prediction);

/* what_if: what one device with ACS would change in each predicted group. */
void json_put_what_ifs(struct json_object *document, const struct prediction *prediction,
		       const struct what_ifs *what_ifs);

/* with_acs: the devices that are supposed to have ACS, the prediction then, and what changes. */
void json_put_with_acs(struct json_object *document, const struct prediction *plain,
		       const struct prediction *assumed, const struct targets *targets);
