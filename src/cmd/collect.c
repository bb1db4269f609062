/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/tar.h"
#include "cmd/cmd.h"
#include "host/capture.h"

static void put_directory(void *context, const char *path)
{
	tar_directory(context, path);
}

static void put_file(void *context, const char *path, const void *data, size_t len)
{
	tar_file(context, path, data, len);
}

static void put_link(void *context, const char *path, const char *target)
{
	tar_link(context, path, target);
}

static void report_unreadable(const struct strv *unreadable)
{
	if (unreadable->count == 0)
		return;
	log_info("%zu files could not be read in full, %s among them: as root the capture is "
		 "complete", unreadable->count, unreadable->items[0]);
	for (size_t i = 0; i < unreadable->count; i++)
		log_debug("not read in full: /%s", unreadable->items[i]);
}

static int collect_run(struct invocation *invocation)
{
	const char *path = invocation->args[0];
	struct strv unreadable = { 0 };
	struct capture_sink sink = { NULL, put_directory, put_file, put_link };
	struct error err;
	int r = 0;
	FILE *out;

	/* A file that is there may be anything: it is not written over. */
	out = fopen(path, "wxe");
	if (!out) {
		error_errno(&err, -errno, "%s: cannot make the file", path);
		return fail(&err, CODE_FAILED);
	}
	sink.context = out;
	capture_host(&invocation->root, &sink, &unreadable);
	tar_end(out);
	/* stdio does not keep the reason: what is written next fails for the same. */
	if (ferror(out))
		r = write(fileno(out), "", 1) < 0 ? -errno : -EIO;
	if (fclose(out) != 0 && r == 0)
		r = -errno;
	report_unreadable(&unreadable);
	strv_release(&unreadable);
	if (r == 0)
		return CODE_DONE;
	(void)remove(path);
	error_errno(&err, r, "%s: cannot write", path);
	return fail(&err, CODE_FAILED);
}

const struct cmd cmd_collect = {
	.name = "collect",
	.arguments = "FILE.tar",
	.summary = "capture this host, for looking at it elsewhere with --root",
	.details =
		"Write to FILE.tar what vfioadm reads of this host: unpacked on any machine, list, "
		"groups, check and --dry-run say there with --root DIR what they say here. Only reads. "
		"Device serial numbers are blanked, of the kernel command line and of modprobe.d only "
		"what bears on devices is kept, and no network address or host name is in it.",
	.min_args = 1,
	.max_args = 1,
	.run = collect_run,
};
