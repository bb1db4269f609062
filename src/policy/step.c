/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/names.h"

static const char *const kind_names[STEP_KIND_MAX] = {
	[STEP_LOAD_MODULE] = "load-module",
	[STEP_RECORD] = "record",
	[STEP_OVERRIDE] = "override",
	[STEP_RELEASE_CONSOLE] = "release-console",
	[STEP_RELEASE_FRAMEBUFFER] = "release-framebuffer",
	[STEP_UNBIND] = "unbind",
	[STEP_RESET] = "reset",
	[STEP_BIND] = "bind",
	[STEP_RETURN_FRAMEBUFFER] = "return-framebuffer",
	[STEP_RETURN_CONSOLE] = "return-console",
	[STEP_WAIT_NODE] = "wait-node",
	[STEP_PROBE] = "probe",
	[STEP_OWN] = "own",
	[STEP_FORGET] = "forget",
};

const char *step_kind_to_string(enum step_kind kind)
{
	return kind_names[kind];
}

enum step_kind step_kind_from_string(const char *text)
{
	for (int i = 0; i < STEP_KIND_MAX; i++)
		if (strcmp(kind_names[i], text) == 0)
			return (enum step_kind)i;
	return STEP_KIND_INVALID;
}

static const char *or_none(const char *text)
{
	return *text ? text : "none";
}

void step_describe(const struct step *step, char *buf, size_t size)
{
	switch (step->kind) {
	case STEP_LOAD_MODULE:
		snprintf(buf, size, "load the module %s (now: %s)", step->subject, step->from);
		break;
	case STEP_RECORD:
		snprintf(buf, size, "%s " NAME_HELD_DIR "/%s: driver %s, override %s",
			 *step->from ? "keep the record in" : "record in", step->subject,
			 or_none(step->held.driver), or_none(step->held.override));
		break;
	case STEP_OVERRIDE:
		snprintf(buf, size, "write %s to /" NAME_PCI_DEVICES "/%s/driver_override (now: %s)",
			 *step->to ? step->to : "a newline", step->subject, or_none(step->from));
		break;
	case STEP_RELEASE_CONSOLE:
	case STEP_RETURN_CONSOLE:
		snprintf(buf, size, "write %s to /" NAME_VTCONSOLE_CLASS "/%s/bind (now: %s)",
			 step->to, step->subject, step->from);
		break;
	case STEP_RELEASE_FRAMEBUFFER:
		snprintf(buf, size, "write %s to /" NAME_PLATFORM_DRIVERS "/%s/unbind",
			 step->subject, step->from);
		break;
	case STEP_RETURN_FRAMEBUFFER:
		snprintf(buf, size, "write %s to /" NAME_PLATFORM_DRIVERS "/%s/bind",
			 step->subject, step->to);
		break;
	case STEP_UNBIND:
		snprintf(buf, size, "write %s to /" NAME_PCI_DRIVERS "/%s/unbind", step->subject,
			 step->from);
		break;
	case STEP_RESET:
		snprintf(buf, size, "write 1 to /" NAME_PCI_DEVICES "/%s/reset", step->subject);
		break;
	case STEP_BIND:
		snprintf(buf, size, "write %s to /" NAME_PCI_DRIVERS "/%s/bind", step->subject,
			 step->to);
		break;
	case STEP_WAIT_NODE:
		snprintf(buf, size, "wait until /%s is ready", step->subject);
		break;
	case STEP_PROBE:
		snprintf(buf, size, "load what fits its modalias, and write %s to /"
			 NAME_PCI_DRIVERS_PROBE, step->subject);
		break;
	case STEP_OWN:
		snprintf(buf, size, "make %s the owner of /%s (now: %s)", step->to, step->subject,
			 step->from);
		break;
	case STEP_FORGET:
		snprintf(buf, size, "remove " NAME_HELD_DIR "/%s", step->subject);
		break;
	default:
		snprintf(buf, size, "?");
		break;
	}
}

void step_list_release(struct step_list *list)
{
	free(list->items);
	*list = (struct step_list){ 0 };
}
