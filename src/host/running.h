/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"
#include "base/strv.h"
#include "host/root.h"

/* A process that cannot be taken for a later one of the same number. */
struct process {
	pid_t pid;	/* 0: none */
	uint64_t start; /* clock ticks after the boot, field 22 of /proc/PID/stat */
};

/* The process with this pid as it is now; -ENOENT when there is none, or only its exit status. */
int process_find(const struct host_root *root, pid_t pid, struct process *ret) _must_check_;
bool process_lives(const struct host_root *root, const struct process *process);

/* A process that serves one of the guest's devices. */
struct running_backend {
	char *name;
	struct process process;
};

/*
 * A guest that vfioadm started, as its record says: /run/vfioadm/guests/NAME/guest, lines of
 * key=value. The record is there from before the bind until the devices are back, so one whose
 * processes are gone tells that they were killed.
 */
struct running_guest {
	char *name;
	struct process supervisor; /* vfioadm; the same as qemu after launch --exec */
	struct process qemu;	   /* none: not started yet */
	bool supervised, runs;	   /* whether they live */
	time_t since;		   /* seconds since the epoch */
	struct strv devices;	   /* the addresses of what it was given */
	struct running_backend *backends;
	size_t backend_count;
};

struct running_guests {
	struct running_guest *items;
	size_t count;
};

#define RUNNING_GUEST_RECORD "guest"

/*
 * The record of the guest whose directory is dirfd. -ENOENT when it has none; -EINVAL, with the
 * message naming the record, when it is damaged.
 */
int running_guest_read(const struct host_root *root, int dirfd, const char *name,
		       struct running_guest *ret, struct error *err) _must_check_;
void running_guest_release(struct running_guest *guest);
void running_guest_add_backend(struct running_guest *guest, const char *name,
				 struct process process);

/* Take a record's text, which is changed, into *guest: 0, or -EINVAL when it is damaged. */
int running_guest_parse(char *text, struct running_guest *guest) _must_check_;

/* The text of a record, to be freed. */
char *running_guest_format(const struct running_guest *guest);

/* The names of the directories that guests have, sorted; what else lies there is left out. */
struct strv running_guest_names(const struct host_root *root);

/* All records, by name; damaged ones are named in *problems. */
struct running_guests running_guests_read(const struct host_root *root, struct strv *problems);
void running_guests_release(struct running_guests *guests);
