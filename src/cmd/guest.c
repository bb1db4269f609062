/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "launch/guest.h"
#include "launch/guest-keys.h"
#include "launch/import.h"

#define COMMAND_MAX (1 << 20)

/* "-" is standard input. */
static ssize_t read_command(const char *path, char **ret, struct error *err)
{
	bool standard = strcmp(path, "-") == 0;
	_cleanup_close_ int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -errno : fd_read_all(fd, COMMAND_MAX, ret);

	return len < 0 ? error_errno(err, (int)len, "%s: cannot be read",
				     standard ? "standard input" : path)
		       : len;
}

/* What was made has to be what vfioadm reads; else a person has to see to it. */
static enum exit_code check(const char *text, size_t len)
{
	struct guest guest = { 0 };
	struct error err;
	int r = config_read_text(&guest_format, "the guest file", text, len, &guest, &err);

	if (r == 0) {
		guest.file = xstrdup("the guest file");
		guest.name = xstrdup("imported");
		r = guest_check(&guest, &err);
	}
	guest_release(&guest);
	if (r == 0)
		return CODE_DONE;
	log_error("guest import: what was made has to be corrected: %s", err.msg);
	return CODE_USAGE;
}

static enum exit_code import_text(const char *file, const char *text, size_t len)
{
	struct import import = { 0 };
	struct strv words = { 0 };
	enum exit_code code = CODE_USAGE;
	char *result = NULL;
	struct error err;
	size_t size;
	FILE *out;

	if (import_words(text, len, &words, &import.warnings, &err) < 0) {
		log_error("%s: %s", file, err.msg);
	} else {
		import_options(&import, &words);
		out = xopen_memstream(&result, &size);
		import_print(&import, out);
		fclose(out);
		fputs(result, stdout);
		for (size_t i = 0; i < import.warnings.count; i++)
			log_error("%s", import.warnings.items[i]);
		code = check(result, size);
	}
	free(result);
	strv_release(&words);
	import_release(&import);
	return code;
}

static enum exit_code guest_import(struct invocation *invocation)
{
	const char *file = invocation->args[1];
	_cleanup_free_ char *text = NULL;
	struct error err;
	ssize_t len = read_command(file, &text, &err);

	return len < 0 ? fail(&err, CODE_FAILED) : import_text(file, text, (size_t)len);
}

static const struct action actions[] = {
	{ "import", "FILE", "print a guest file made of a QEMU command line", 1, 1, 0, false,
	  guest_import },
};

const struct cmd cmd_guest = {
	.name = "guest",
	.arguments = "import",
	.summary = "guest files from the QEMU command lines that people have",
	.details = "guest import FILE reads a QEMU command line and prints the guest file that means "
		   "the same. FILE is a shell script, a page with one in it, a line of ps, or "
		   "/proc/PID/cmdline; - is standard input. What no key stands for becomes an [extra] "
		   "section, which hands it to QEMU as it is; each of these, and whatever is left out, "
		   "is said on standard error. The exit code is 2 where a person has to correct what "
		   "was made before vfioadm reads it. Then: vfioadm launch ./NAME.conf --dry-run",
	.actions = actions,
	.action_count = ARRAY_SIZE(actions),
	.min_args = 1,
	.max_args = 2,
	.run = action_run,
};
