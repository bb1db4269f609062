/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/step-screen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/driver-link.h"
#include "host/names.h"

#define PATH_SIZE 384

/* "1" bound, "0" not, "" no such console, or its number is another one's by now. */
static int read_console(struct apply *apply, const struct step *step, char ret[8],
			struct error *err)
{
	char path[PATH_SIZE], name[128];
	ssize_t len;

	*ret = '\0';
	snprintf(path, sizeof(path), NAME_VTCONSOLE_CLASS "/%s/name", step->subject);
	len = patient_read(&apply->helper, apply->root, path, name, sizeof(name),
			   apply->timeout_ms, err);
	if (len >= 0 && !strstr(name, CONSOLE_ON_FRAMEBUFFERS))
		return 0;
	snprintf(path, sizeof(path), NAME_VTCONSOLE_CLASS "/%s/bind", step->subject);
	if (len >= 0)
		len = patient_read(&apply->helper, apply->root, path, ret, 8, apply->timeout_ms,
				   err);
	return len == -ENOENT || len >= 0 ? 0 : (int)len;
}

/* The kernel takes the write without an error even when it does not do what it says. */
static int write_console(struct apply *apply, const struct step *step, const char *value,
			 struct error *err)
{
	char path[PATH_SIZE], now[8];
	int r;

	snprintf(path, sizeof(path), NAME_VTCONSOLE_CLASS "/%s/bind", step->subject);
	r = apply->ops->attr_write(apply, path, value, err);
	if (r == 0)
		r = read_console(apply, step, now, err);
	if (r == 0 && *now && strcmp(now, value) != 0)
		r = error_set(err, -EBUSY, "%s: the kernel leaves the text console as it is: end "
			      "what draws on a virtual terminal (a display server), then try again",
			      step->subject);
	return r;
}

int console_check(struct apply *apply, const struct step *step, struct error *err)
{
	char now[8];
	int r = read_console(apply, step, now, err);

	if (r < 0)
		return r;
	return !*now || strcmp(now, step->to) == 0 ? STEP_ALREADY : STEP_TO_DO;
}

int console_apply(struct apply *apply, const struct step *step, struct error *err)
{
	return write_console(apply, step, step->to, err);
}

int console_undo(struct apply *apply, const struct step *step, struct error *err)
{
	char now[8];
	int r = read_console(apply, step, now, err);

	if (r < 0 || !*now || strcmp(now, step->from) == 0)
		return r;
	return write_console(apply, step, step->from, err);
}

static int read_framebuffer(struct apply *apply, const struct step *step,
			    char now[DRIVER_NAME_SIZE], struct error *err)
{
	return driver_link_read(apply, &platform_bus, step->subject, now, err);
}

int framebuffer_check(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_framebuffer(apply, step, now, err);

	if (r == -ENOENT && !*step->to)
		return STEP_ALREADY;
	if (r < 0)
		return r;
	if (strcmp(now, step->to) == 0)
		return STEP_ALREADY;
	return strcmp(now, step->from) == 0 ? STEP_TO_DO : step_stale(step, "its driver", now, err);
}

int framebuffer_release(struct apply *apply, const struct step *step, struct error *err)
{
	return driver_link_write(apply, &platform_bus, step->subject, step->from, "unbind", "", err);
}

int framebuffer_return(struct apply *apply, const struct step *step, struct error *err)
{
	return driver_link_write(apply, &platform_bus, step->subject, step->to, "bind", step->to,
				 err);
}

int framebuffer_release_undo(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_framebuffer(apply, step, now, err);

	if (r == -ENOENT) {
		error_set(err, r, "%s: the kernel has removed the firmware's frame buffer; the "
			  "screen comes back with the next boot", step->subject);
		return UNDO_LOST;
	}
	if (r < 0 || strcmp(now, step->from) == 0)
		return r;
	if (*now)
		return step_stale(step, "its driver", now, err);
	r = driver_link_write(apply, &platform_bus, step->subject, step->from, "bind", step->from,
			      err);
	if (r == 0 || r == -ETIMEDOUT)
		return r;
	error_prefix(err, "%s is lost until the next boot", step->subject);
	return UNDO_LOST;
}

int framebuffer_return_undo(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_framebuffer(apply, step, now, err);

	if (r == -ENOENT)
		return 0;
	if (r < 0 || strcmp(now, step->to) != 0)
		return r;
	return driver_link_write(apply, &platform_bus, step->subject, step->to, "unbind", "", err);
}
