/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "base/alloc.h"
#include "launch/preflight.h"

static bool is_socket(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static void check_tpm(const struct guest *guest, struct strv *problems)
{
	_cleanup_free_ char *path = guest_socket_path(guest, "swtpm");

	if (guest->tpm.at.line && !is_socket(path))
		strv_addf(problems,
			  "%s:%u: [tpm]: %s: no swtpm is there, and vfioadm does not start one: run   "
			  "swtpm socket --tpm2 --tpmstate dir=DIRECTORY --ctrl type=unixio,path=%s   "
			  "as the user that QEMU runs as, first",
			  guest->file, guest->tpm.at.line, path, path);
}

static void check_share(const struct guest *guest, const struct guest_share *share,
			struct strv *problems)
{
	_cleanup_free_ char *name = xasprintf("share-%s", share->at.name);
	_cleanup_free_ char *path = guest_socket_path(guest, name);

	if (!is_socket(path))
		strv_addf(problems,
			  "%s:%u: [share %s]: %s: no virtiofsd is there, and vfioadm does not start "
			  "one: run   virtiofsd --socket-path=%s --shared-dir=%s   first",
			  guest->file, share->at.line, share->at.name, path, path,
			  share->path.text);
}

static void check_pin(const struct guest *guest, const char *key, const struct value_cpus *pins,
		      struct strv *problems)
{
	if (pins->text)
		strv_addf(problems,
			  "%s:%u: %s=%s: vfioadm does not pin threads yet: leave it out, and use   "
			  "taskset   once the guest runs",
			  guest->file, pins->line, key, pins->text);
}

void launch_check_partners(const struct guest *guest, struct strv *problems)
{
	check_tpm(guest, problems);
	for (size_t i = 0; i < guest->share_count; i++)
		check_share(guest, &guest->shares[i], problems);
	check_pin(guest, "pin", &guest->cpu.pin, problems);
	check_pin(guest, "emulator-pin", &guest->cpu.emulator_pin, problems);
	check_pin(guest, "iothread-pin", &guest->cpu.iothread_pin, problems);
}
