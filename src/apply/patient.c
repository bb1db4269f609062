/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/patient.h"

#include <errno.h>
#include <stdio.h>

#include "apply/ops.h"
#include "base/clock.h"
#include "base/log.h"

/* How often a wait says that it is still waiting. */
#define PROGRESS_MS 5000

/* What is waited for, for messages. */
struct work {
	const char *subject; /* an attribute's path, a module's name */
	const char *what;    /* "write" */
	const char *because; /* why it may not end */
};

static ssize_t wait_patiently(struct helper *helper, const struct work *work, char *buf,
			      size_t size, int timeout_ms)
{
	int64_t started = clock_now_ms(), deadline = started + timeout_ms;

	for (;;) {
		int left = clock_left_ms(deadline);
		ssize_t r = helper_wait(helper, left < PROGRESS_MS ? left : PROGRESS_MS, buf, size);

		if (r != -ETIMEDOUT || clock_left_ms(deadline) == 0)
			return r;
		log_info("%s: still waiting, %d s of %d", work->subject,
			 (int)((clock_now_ms() - started) / 1000), timeout_ms / 1000);
	}
}

static ssize_t finish(struct helper *helper, const struct work *work, char *buf, size_t size,
		      int timeout_ms, struct error *err)
{
	ssize_t r = wait_patiently(helper, work, buf, size, timeout_ms);
	char where[64];

	if (r == -ETIMEDOUT) {
		helper_describe(helper, where, sizeof(where));
		error_set(err, -ETIMEDOUT, "%s: the kernel did not return from this %s within %d s "
			  "(process %d sleeps in %s): %s", work->subject, work->what,
			  timeout_ms / 1000, (int)helper->pid, where, work->because);
		helper_abandon(helper);
	}
	return r;
}

static const char in_use[] = "something still uses the device";

int patient_write(struct helper *helper, const struct host_root *root, const char *path,
		  const char *value, int timeout_ms, struct error *err)
{
	char subject[HELPER_PATH_MAX + 2];
	const struct work work = { subject, "write", in_use };
	ssize_t r = helper_write(helper, root->fd, path, value);

	snprintf(subject, sizeof(subject), "/%s", path);
	if (r == 0)
		r = finish(helper, &work, NULL, 0, timeout_ms, err);
	if (r < 0 && r != -ETIMEDOUT)
		error_errno(err, (int)r, "%s: cannot write %s", subject,
			    *value == '\n' ? "a newline" : value);
	return (int)r;
}

ssize_t patient_read(struct helper *helper, const struct host_root *root, const char *path,
		     char *buf, size_t size, int timeout_ms, struct error *err)
{
	char subject[HELPER_PATH_MAX + 2];
	const struct work work = { subject, "read", in_use };
	ssize_t r = helper_read(helper, root->fd, path);

	snprintf(subject, sizeof(subject), "/%s", path);
	if (r == 0)
		r = finish(helper, &work, buf, size, timeout_ms, err);
	if (r < 0 && r != -ETIMEDOUT)
		error_errno(err, (int)r, "%s: cannot read", subject);
	return r;
}

int patient_load(struct helper *helper, const struct host_root *root, const char *name,
		 bool despite_blacklist, int timeout_ms, struct error *err)
{
	const struct work work = { name, "load", "the module's own start does not end; dmesg may "
						 "say why" };
	ssize_t r = helper_run(helper, root->fd, module_load, name, despite_blacklist);
	char why[sizeof(err->msg)] = "";

	if (r == 0)
		r = finish(helper, &work, why, sizeof(why), timeout_ms, err);
	if (r < 0 && r != -ETIMEDOUT && *why)
		error_set(err, (int)r, "%s", why);
	else if (r < 0 && r != -ETIMEDOUT)
		error_errno(err, (int)r, "%s: cannot load the module", name);
	return (int)r;
}
