/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/guest-return.h"

#include <errno.h>
#include <sys/pidfd.h>

#include "apply/txn.h"
#include "base/log.h"
#include "launch/backend.h"

/* Longer than the change of another vfioadm can take, so that the devices come back on their own. */
#define LOCK_WAIT_MS 600000

static enum exit_code stuck(const struct guest_dir *dir, const char *why)
{
	log_error("guest %s: its devices are not all back: %s; vfioadm status shows them, vfioadm "
		  "recover tries again", dir->name, why);
	return CODE_STUCK;
}

enum exit_code guest_return_in(const struct guest_dir *dir, struct session *session)
{
	_cleanup_free_ enum journal_mark *marks = NULL;
	struct step_list steps;
	enum txn_result result;
	struct error err;
	int r = journal_read_at(dir->fd, &steps, &marks, &err);

	if (r == -ENOENT)
		return CODE_DONE;
	if (r < 0)
		return stuck(dir, err.msg);
	session->state.journal_dirfd = dir->fd;
	result = txn_recover(&session->apply, &steps, marks, &err);
	session->state.journal_dirfd = session->state.dirfd;
	step_list_release(&steps);
	if (result == TXN_LOST)
		log_error("guest %s: its devices are back, but for this: %s", dir->name, err.msg);
	if (result == TXN_DONE || result == TXN_LOST)
		return result == TXN_DONE ? CODE_DONE : CODE_STUCK;
	return stuck(dir, err.msg);
}

static void end_backend(const struct guest_dir *dir, const struct host_root *root,
			const struct running_backend *backend)
{
	_cleanup_close_ int pid_fd = pidfd_open(backend->process.pid, 0);

	/* Looked at only now, when its number cannot become another's unseen. */
	if (pid_fd < 0 || !process_lives(root, &backend->process))
		return;
	log_info("guest %s: ending its %s (pid %d), which was left behind", dir->name,
		 backend->name, (int)backend->process.pid);
	backend_stop_stray(backend->name, backend->process.pid, pid_fd);
}

void guest_end_backends(const struct guest_dir *dir, const struct host_root *root)
{
	struct running_guest guest;
	struct error err;

	if (running_guest_read(root, dir->fd, dir->name, &guest, &err) < 0)
		return;
	for (size_t i = guest.backend_count; i-- > 0;)
		end_backend(dir, root, &guest.backends[i]);
	running_guest_release(&guest);
}

enum exit_code guest_return_devices(const struct guest_dir *dir, struct invocation *invocation)
{
	struct session session;
	enum exit_code code = session_begin_within(&session, invocation, "launch", LOCK_WAIT_MS);

	if (code != CODE_DONE)
		return stuck(dir, "the lock cannot be had");
	code = guest_return_in(dir, &session);
	session_end(&session);
	return code;
}
