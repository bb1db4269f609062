/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/step-ops.h"

/*
 * Steps on the host's screen; see enum step_kind for what each does. When the last frame buffer
 * goes, the kernel removes its text console with it; with the next one it makes it anew, and bound.
 * So a console that is not there has nothing to release or to return.
 */
int console_check(struct apply *apply, const struct step *step, struct error *err);
int console_apply(struct apply *apply, const struct step *step, struct error *err);
int console_undo(struct apply *apply, const struct step *step, struct error *err);

/* The firmware's frame buffer: UNDO_LOST where the kernel has removed it, or does not take it. */
int framebuffer_check(struct apply *apply, const struct step *step, struct error *err);
int framebuffer_release(struct apply *apply, const struct step *step, struct error *err);
int framebuffer_release_undo(struct apply *apply, const struct step *step, struct error *err);
int framebuffer_return(struct apply *apply, const struct step *step, struct error *err);
int framebuffer_return_undo(struct apply *apply, const struct step *step, struct error *err);
