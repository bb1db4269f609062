/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "base/command.h"
#include "launch/backend.h"
#include "launch/child.h"
#include "launch/preflight.h"

#define ASK_TIMEOUT_MS 60000

/* Outside PATH, as it is no program for people: of Debian 13 and Fedora, Debian 12, Arch. */
static const char *const places[] = {
	"virtiofsd",
	"/usr/libexec/virtiofsd",
	"/usr/lib/qemu/virtiofsd",
	"/usr/lib/virtiofsd",
};

/* The two programs of this name: QEMU's own, up to 7.2, and the one that took its place. */
enum dialect { DIALECT_UNKNOWN, DIALECT_QEMU, DIALECT_RUST };

static const char *find(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (preflight_find_program(places[i]))
			return places[i];
	return NULL;
}

static enum dialect ask(const char *program)
{
	_cleanup_(command_output_release) struct command_output output = { 0 };
	_cleanup_(strv_release) struct strv argv = { 0 };
	struct error err;

	strv_add(&argv, program);
	strv_add(&argv, "--help");
	if (command_capture(&argv, "", ASK_TIMEOUT_MS, &output, &err) < 0 || output.status != 0)
		return DIALECT_UNKNOWN;
	if (strstr(output.out, "--shared-dir"))
		return DIALECT_RUST;
	return strstr(output.out, "-o source=") ? DIALECT_QEMU : DIALECT_UNKNOWN;
}

/* libfuse's options end at a comma without a backslash. */
static char *escape(const char *path)
{
	char *escaped = xcalloc(2 * strlen(path) + 1, 1), *to = escaped;

	for (; *path; path++) {
		if (*path == ',' || *path == '\\')
			*to++ = '\\';
		*to++ = *path;
	}
	return escaped;
}

/*
 * It has to be root to make and open files for any user of the guest, and shuts itself up in the
 * directory, with namespaces and a system call filter of its own. Device nodes that the guest makes
 * would be those of this host: without the capability it cannot.
 */
static void add(const struct guest_share *share, const char *program, enum dialect dialect,
		struct backends *backends)
{
	struct backend *backend = backends_add(backends);
	struct strv *argv = &backend->argv;

	backend->name = xasprintf("share-%s", share->at.name);
	backend->as_root = true;
	strv_add(argv, program);
	strv_addf(argv, "--fd=%d", CHILD_LISTEN_FD);
	if (dialect == DIALECT_RUST) {
		strv_addf(argv, "--shared-dir=%s", share->path.text);
		strv_add(argv, "--modcaps=-mknod");
		strv_add(argv, "--log-level=warn");
	} else {
		_cleanup_free_ char *path = escape(share->path.text);

		strv_add(argv, "-o");
		strv_addf(argv, "source=%s,modcaps=-mknod,log_level=warn", path);
	}
}

void backends_plan_virtiofsd(const struct guest *guest, struct backends *backends,
			     struct strv *problems)
{
	const char *program = guest->share_count > 0 ? find() : NULL;
	enum dialect dialect = program ? ask(program) : DIALECT_UNKNOWN;

	for (size_t i = 0; i < guest->share_count; i++) {
		const struct guest_share *share = &guest->shares[i];

		if (!program)
			strv_addf(
				problems,
				"%s:%u: [share %s]: virtiofsd: no such program: install it (Debian: "
				"apt install virtiofsd; in Debian 12 it is in qemu-system-common)",
				guest->file, share->at.line, share->at.name);
		else if (dialect == DIALECT_UNKNOWN)
			strv_addf(problems,
				  "%s:%u: [share %s]: %s --help tells of neither --shared-dir nor "
				  "-o source=: another program of that name, or a broken one",
				  guest->file, share->at.line, share->at.name, program);
		else
			add(share, program, dialect, backends);
	}
}
