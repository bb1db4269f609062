/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/step-ops.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "apply/step-device.h"
#include "apply/step-own.h"
#include "apply/step-screen.h"
#include "base/fileat.h"
#include "host/names.h"
#include "host/udev.h"

int step_stale(const struct step *step, const char *what, const char *now, struct error *err)
{
	return error_set(err, -ESTALE, "%s: %s is %s now, not %s as when vfioadm looked: something "
			 "else changes this device; try again", step->subject, what,
			 *now ? now : "none", *step->from ? step->from : "none");
}

/* Whether a module is in by now is for libkmod to say: loading one that is, does nothing. */
static int always_to_do(struct apply *apply, const struct step *step, struct error *err)
{
	(void)apply, (void)step, (void)err;
	return STEP_TO_DO;
}

static int load_apply(struct apply *apply, const struct step *step, struct error *err)
{
	return apply->ops->module_load(apply, step->subject, step->despite_blacklist, err);
}

static int wait_ready(struct apply *apply, const struct step *step, struct error *err)
{
	(void)step;
	return udev_open(apply->root, err);
}

static int wait_apply(struct apply *apply, const struct step *step, struct error *err)
{
	return apply->ops->node_wait(apply, step->subject, err);
}

/* 1, 0, or a negative errno with err set. */
static int record_is_there(const struct apply *apply, const struct step *step, struct error *err)
{
	if (faccessat(apply->state->held_fd, step->subject, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	return error_errno(err, -errno, NAME_HELD_DIR "/%s: cannot look at it", step->subject);
}

/*
 * A record that came in the meantime is another vfioadm's, and so is what it remembers. One that has gone
 * again would leave the device bound with nobody to know where it belongs.
 */
static int record_check(struct apply *apply, const struct step *step, struct error *err)
{
	int is_there = record_is_there(apply, step, err);

	if (is_there < 0)
		return is_there;
	if (is_there == (*step->from != 0))
		return is_there ? STEP_ALREADY : STEP_TO_DO;
	return error_set(err, -ESTALE, is_there
				 ? "%s: another vfioadm has bound it in the meantime"
				 : "%s: another vfioadm has given it back in the meantime: try again",
			 step->subject);
}

static int forget_check(struct apply *apply, const struct step *step, struct error *err)
{
	int is_there = record_is_there(apply, step, err);

	if (is_there < 0)
		return is_there;
	return is_there ? STEP_TO_DO : STEP_ALREADY;
}

static int record_write(struct apply *apply, const struct step *step, struct error *err)
{
	char text[HELD_TEXT_MAX];
	int r;

	held_format(&step->held, text);
	r = fileat_replace(apply->state->held_fd, step->subject, text, strlen(text), 0644);
	return r < 0 ? error_errno(err, r, NAME_HELD_DIR "/%s: cannot write", step->subject) : 0;
}

static int record_remove(struct apply *apply, const struct step *step, struct error *err)
{
	if (unlinkat(apply->state->held_fd, step->subject, 0) < 0 && errno != ENOENT)
		return error_errno(err, -errno, NAME_HELD_DIR "/%s: cannot remove", step->subject);
	return 0;
}

const struct step_ops step_ops[STEP_KIND_MAX] = {
	[STEP_LOAD_MODULE] = { .check = always_to_do, .apply = load_apply },
	[STEP_RECORD] = { NULL, record_check, record_write, record_remove, false },
	[STEP_OVERRIDE] = { device_step_ready, override_check, override_apply, override_undo,
			    false },
	[STEP_RELEASE_CONSOLE] = { NULL, console_check, console_apply, console_undo, false },
	[STEP_RELEASE_FRAMEBUFFER] = { NULL, framebuffer_check, framebuffer_release,
				       framebuffer_release_undo, false },
	[STEP_UNBIND] = { device_step_ready, unbind_check, unbind_apply, unbind_undo, false },
	[STEP_RESET] = { device_step_ready, reset_check, reset_apply, NULL, false },
	[STEP_BIND] = { device_step_ready, bind_check, bind_apply, bind_undo, false },
	[STEP_RETURN_FRAMEBUFFER] = { NULL, framebuffer_check, framebuffer_return,
				      framebuffer_return_undo, true },
	[STEP_RETURN_CONSOLE] = { NULL, console_check, console_apply, console_undo, true },
	[STEP_WAIT_NODE] = { wait_ready, always_to_do, wait_apply, NULL, false },
	[STEP_PROBE] = { device_step_ready, probe_check, probe_apply, probe_undo, false },
	[STEP_OWN] = { NULL, own_check, own_apply, own_undo, false },
	[STEP_FORGET] = { NULL, forget_check, record_remove, record_write, false },
};
