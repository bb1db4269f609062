/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/step-ops.h"

/* The step that changes the owner of a node or a file, and never its mode. */
int own_check(struct apply *apply, const struct step *step, struct error *err);
int own_apply(struct apply *apply, const struct step *step, struct error *err);
int own_undo(struct apply *apply, const struct step *step, struct error *err);
