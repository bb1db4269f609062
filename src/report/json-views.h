/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/json.h"
#include "host/host.h"
#include "host/running.h"
#include "policy/finding.h"
#include "policy/step.h"
#include "policy/target.h"

/* What programs read: each adds its member to a document made by json_document(). */
struct json_object *json_document(void); /* {"schema": "vfioadm/1"} */
void json_put_devices(struct json_object *document, const struct host *host,
		      const struct targets *targets);
void json_put_held(struct json_object *document, const struct held_list *held);
void json_put_guests(struct json_object *document, const struct running_guests *guests);
void json_put_plan(struct json_object *document, const struct step_list *plan);
void json_put_findings(struct json_object *document, const struct finding_list *findings);
