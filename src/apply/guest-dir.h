/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/state.h"
#include "host/running.h"

/*
 * A guest's directory, /run/vfioadm/guests/NAME, locked: its record, the journal of the transaction
 * that gave it its devices, its QMP socket and those of its backends. Only root can write there, QEMU cannot. The lock
 * is that of the open file, so gone with the vfioadm that supervises the guest; directory and lock
 * file stay until the next boot, or else two might each lock one of that name.
 */
struct guest_dir {
	char *name;
	int fd;
	int lock_fd;
};

#define GUEST_DIR_CLOSED { .fd = -1, .lock_fd = -1 }
#define GUEST_DIR_QMP "qmp"

/*
 * Make the directory if it is not there, and lock it. -EBUSY when a vfioadm supervises the guest;
 * -EPERM when something there is not ours. The message names the guest.
 */
int guest_dir_open(const struct host_root *root, const char *name, struct guest_dir *ret,
		   struct error *err) _must_check_;
void guest_dir_close(struct guest_dir *dir); /* takes one that was never opened */

/*
 * Whether the guest's QEMU is gone, and its devices with it: -EBUSY when it runs though nobody
 * supervises it. Where there is no record, it never began.
 */
int guest_dir_check_ended(const struct guest_dir *dir, const struct host_root *root,
			  struct error *err) _must_check_;

/* Whether the guest may be started; also -EEXIST when an earlier launch left devices to recover. */
int guest_dir_check_free(const struct guest_dir *dir, const struct host_root *root,
			 struct error *err) _must_check_;

/* Write the record, as a whole or not at all. */
int guest_dir_record(const struct guest_dir *dir, const struct running_guest *guest,
		     struct error *err) _must_check_;

/* The guest's end: remove record and sockets. The journal is the transaction's to remove. */
int guest_dir_clear(const struct guest_dir *dir, struct error *err) _must_check_;

/* Make the socket NAME.sock, mode 0600, for that user, and listen on it; returns its descriptor. */
int guest_dir_listen(const struct guest_dir *dir, const char *name, uid_t uid, gid_t gid,
		     struct error *err) _must_check_;
