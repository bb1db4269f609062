/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "host/host.h"
#include "host/running.h"
#include "policy/finding.h"
#include "policy/step.h"
#include "policy/target.h"

/* What people read. Colour only where the caller found a terminal that wants it. */
/* GPUs stand out. */
void text_list(FILE *out, const struct host *host, const struct targets *targets, bool color);
void text_status(FILE *out, const struct host *host, bool color);
void text_guests(FILE *out, const struct running_guests *guests, bool color); /* those that run */
void text_plan(FILE *out, const struct step_list *plan);

/* "block: 0000:01:00.0: why [id]" and the remedy below it. */
void text_findings(FILE *out, const struct finding_list *findings, bool color);

/* A command as one would type it: an option and its value a line, quoted for a shell. */
void text_command(FILE *out, const struct strv *argv);

/* The same on one line. */
void text_command_line(FILE *out, const struct strv *argv);
