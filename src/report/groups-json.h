/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/json.h"
#include "policy/predict.h"

/* Members of the document of vfioadm groups: iommu and groups. */
void json_put_groups(struct json_object *document, const struct host *host);

/* And with --predict: predicted, prediction_matches. */
void json_put_prediction(struct json_object *document, const struct prediction *prediction);
