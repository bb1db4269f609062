/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/patient.h"

#include <errno.h>

#include "base/clock.h"
#include "base/log.h"

/* How often a wait says that it is still waiting. */
#define PROGRESS_MS 5000

static ssize_t wait_patiently(struct helper *helper, const char *path, char *buf, size_t size,
			      int timeout_ms)
{
	int64_t started = clock_now_ms(), deadline = started + timeout_ms;

	for (;;) {
		int left = clock_left_ms(deadline);
		ssize_t r = helper_wait(helper, left < PROGRESS_MS ? left : PROGRESS_MS, buf, size);

		if (r != -ETIMEDOUT || clock_left_ms(deadline) == 0)
			return r;
		log_info("/%s: still waiting, %d s of %d", path,
			 (int)((clock_now_ms() - started) / 1000), timeout_ms / 1000);
	}
}

static ssize_t finish(struct helper *helper, const char *path, const char *what, char *buf,
		      size_t size, int timeout_ms, struct error *err)
{
	ssize_t r = wait_patiently(helper, path, buf, size, timeout_ms);
	char where[64];

	if (r == -ETIMEDOUT) {
		helper_describe(helper, where, sizeof(where));
		error_set(err, -ETIMEDOUT, "/%s: the kernel did not return from this %s within %d s "
			  "(process %d sleeps in %s): something still uses the device", path, what,
			  timeout_ms / 1000, (int)helper->pid, where);
		helper_abandon(helper);
	}
	return r;
}

int patient_write(struct helper *helper, const struct host_root *root, const char *path,
		  const char *value, int timeout_ms, struct error *err)
{
	ssize_t r = helper_write(helper, root->fd, path, value);

	if (r == 0)
		r = finish(helper, path, "write", NULL, 0, timeout_ms, err);
	if (r < 0 && r != -ETIMEDOUT)
		error_errno(err, (int)r, "/%s: cannot write %s", path,
			    *value == '\n' ? "a newline" : value);
	return (int)r;
}

ssize_t patient_read(struct helper *helper, const struct host_root *root, const char *path,
		     char *buf, size_t size, int timeout_ms, struct error *err)
{
	ssize_t r = helper_read(helper, root->fd, path);

	if (r == 0)
		r = finish(helper, path, "read", buf, size, timeout_ms, err);
	if (r < 0 && r != -ETIMEDOUT)
		error_errno(err, (int)r, "/%s: cannot read", path);
	return r;
}
