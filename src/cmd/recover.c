/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>

#include "apply/txn.h"
#include "base/alloc.h"
#include "base/log.h"
#include "cmd/guest-return.h"
#include "cmd/session.h"
#include "cmd/stuck.h"
#include "host/names.h"
#include "report/text.h"

/* What has been found, and how it went, over the interrupted change and all guests. */
struct recovery {
	struct invocation *invocation;
	struct session *session; /* NULL: a dry run */
	enum exit_code code;
};

/* Of two troubles the worse is told. */
static void note(struct recovery *recovery, enum exit_code code)
{
	if (code > recovery->code)
		recovery->code = code;
}

/* Of the devices of the steps, each time one is named. */
static void read_holders(const struct host_root *root, const struct step_list *steps,
			 struct holders *ret)
{
	_cleanup_free_ struct pci_addr *addrs = xcalloc(steps->count, sizeof(*addrs));
	size_t count = 0;

	for (size_t i = 0; i < steps->count; i++)
		if (steps->items[i].kind == STEP_UNBIND || steps->items[i].kind == STEP_BIND)
			addrs[count++] = steps->items[i].addr;
	holders_read(root, addrs, count, ret);
}

static enum exit_code undo_all(struct recovery *recovery, const struct step_list *steps,
			       const enum journal_mark *marks)
{
	const struct host_root *root = &recovery->invocation->root;
	struct holders before;
	struct error err;
	enum txn_result result;

	read_holders(root, steps, &before);
	result = txn_recover(&recovery->session->apply, steps, marks, &err);
	if (result == TXN_DONE) {
		log_info("the interrupted change was undone");
	} else if (result == TXN_LOST) {
		log_error("the interrupted change was undone, but for this: %s", err.msg);
	} else {
		log_error("not everything could be put back: %s; when it is free, run vfioadm "
			  "recover again", err.msg);
		stuck_tell_holders(root, &before);
	}
	holders_release(&before);
	return result == TXN_DONE ? CODE_DONE : CODE_STUCK;
}

static void recover_change(struct recovery *recovery)
{
	_cleanup_free_ enum journal_mark *marks = NULL;
	struct step_list steps;
	struct error err;
	int r = journal_read(&recovery->invocation->root, &steps, &marks, &err);

	if (r == -ENOENT)
		return;
	if (r < 0) {
		note(recovery, fail(&err, CODE_FAILED));
		return;
	}
	if (!recovery->session) {
		log_info("these steps were planned when vfioadm was interrupted; those that were "
			 "begun would be undone in reverse:");
		text_plan(stdout, &steps);
	} else {
		note(recovery, undo_all(recovery, &steps, marks));
	}
	step_list_release(&steps);
}

static int open_guest(const struct host_root *root, const char *name)
{
	_cleanup_free_ char *path = xasprintf(NAME_RUNNING_DIR "/%s", name);

	return host_root_openat(root, path, O_RDONLY | O_DIRECTORY);
}

/* Has left something, and no vfioadm looks after it; whether its QEMU runs is not asked here. */
static bool is_interrupted(const struct host_root *root, const char *name)
{
	_cleanup_close_ int fd = open_guest(root, name);
	struct running_guest guest;
	struct error err;
	bool supervised;

	if (running_guest_read(root, fd, name, &guest, &err) < 0)
		return faccessat(fd, RUNNING_GUEST_RECORD, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
		       faccessat(fd, JOURNAL_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	supervised = guest.supervised && guest.supervisor.pid != guest.qemu.pid;
	running_guest_release(&guest);
	return !supervised;
}

static struct strv interrupted_guests(const struct host_root *root)
{
	_cleanup_(strv_release) struct strv names = running_guest_names(root);
	struct strv interrupted = { 0 };

	for (size_t i = 0; i < names.count; i++)
		if (is_interrupted(root, names.items[i]))
			strv_add(&interrupted, names.items[i]);
	return interrupted;
}

static void show_guest(struct recovery *recovery, const char *name)
{
	_cleanup_close_ int fd = open_guest(&recovery->invocation->root, name);
	_cleanup_free_ enum journal_mark *marks = NULL;
	struct step_list steps;
	struct error err;

	if (journal_read_at(fd, &steps, &marks, &err) < 0)
		return;
	log_info("guest %s: it was interrupted; once its QEMU is gone, those of these steps that "
		 "were begun would be undone in reverse:", name);
	text_plan(stdout, &steps);
	step_list_release(&steps);
}

/* A device is never pulled from under QEMU, with or without its vfioadm. */
static void recover_guest(struct recovery *recovery, const char *name)
{
	const struct host_root *root = &recovery->invocation->root;
	struct guest_dir dir;
	struct error err;
	enum exit_code code;
	int r = guest_dir_open(root, name, &dir, &err);

	if (r == -EBUSY) {
		log_debug("%s", err.msg);
		return;
	}
	if (r < 0) {
		note(recovery, fail(&err, CODE_FAILED));
		return;
	}
	r = guest_dir_check_ended(&dir, root, &err);
	if (r < 0) {
		note(recovery, fail(&err, CODE_STUCK));
	} else {
		guest_end_backends(&dir, root);
		code = guest_return_in(&dir, recovery->session);
		if (code == CODE_DONE && guest_dir_clear(&dir, &err) < 0) {
			code = fail(&err, CODE_STUCK);
		} else if (code == CODE_DONE) {
			log_info("guest %s: it was interrupted; its devices are back", name);
		}
		note(recovery, code);
	}
	guest_dir_close(&dir);
}

static void recover_all(struct recovery *recovery, const struct strv *guests)
{
	recover_change(recovery);
	for (size_t i = 0; i < guests->count; i++) {
		if (recovery->session)
			recover_guest(recovery, guests->items[i]);
		else
			show_guest(recovery, guests->items[i]);
	}
}

/* A link that leads nowhere counts, as it is in the way of the next change. */
static bool has_journal(const struct host_root *root)
{
	_cleanup_close_ int fd = host_root_openat(root, NAME_STATE_DIR, O_RDONLY | O_DIRECTORY);

	return fd >= 0 && (faccessat(fd, JOURNAL_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT);
}

static int recover_run(struct invocation *invocation)
{
	struct recovery recovery = { .invocation = invocation };
	_cleanup_(strv_release) struct strv guests = interrupted_guests(&invocation->root);
	struct session session;

	if (guests.count == 0 && !has_journal(&invocation->root)) {
		log_info("nothing to recover: no change and no guest was interrupted");
		return CODE_DONE;
	}
	if (!option_given(invocation->options, OPTION_DRY_RUN)) {
		enum exit_code code = session_begin(&session, invocation, "recover");

		if (code != CODE_DONE)
			return code;
		recovery.session = &session;
	}
	recover_all(&recovery, &guests);
	if (recovery.session)
		session_end(recovery.session);
	return recovery.code;
}

const struct cmd cmd_recover = {
	.name = "recover",
	.arguments = "",
	.summary = "undo what a crash left half done",
	.details = "When vfioadm was killed in the middle of a change, or a write of its own did not "
		   "return in time, its journal is still there: undo what it had begun, in reverse. "
		   "Likewise give back the devices of guests whose QEMU is gone and whose vfioadm was "
		   "killed, or gave way to QEMU by launch --exec, and end what served such a guest. A "
		   "guest whose QEMU still runs keeps its devices: recover says so, names the "
		   "process, and exits with 5.",
	.max_args = 0,
	.options = OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_TIMEOUT),
	.writes = true,
	.run = recover_run,
};
