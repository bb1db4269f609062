/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/step-ops.h"

/* Steps on a PCI function; see enum step_kind for what each does. */
int device_step_ready(struct apply *apply, const struct step *step, struct error *err);
int override_check(struct apply *apply, const struct step *step, struct error *err);
int override_apply(struct apply *apply, const struct step *step, struct error *err);
int override_undo(struct apply *apply, const struct step *step, struct error *err);
int unbind_check(struct apply *apply, const struct step *step, struct error *err);
int unbind_apply(struct apply *apply, const struct step *step, struct error *err);
int unbind_undo(struct apply *apply, const struct step *step, struct error *err);
int reset_check(struct apply *apply, const struct step *step, struct error *err);
int reset_apply(struct apply *apply, const struct step *step, struct error *err);
int bind_check(struct apply *apply, const struct step *step, struct error *err);
int bind_apply(struct apply *apply, const struct step *step, struct error *err);
int bind_undo(struct apply *apply, const struct step *step, struct error *err);
int probe_check(struct apply *apply, const struct step *step, struct error *err);
int probe_apply(struct apply *apply, const struct step *step, struct error *err);
int probe_undo(struct apply *apply, const struct step *step, struct error *err);
