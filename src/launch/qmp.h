/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/json.h"

/*
 * A connection to QEMU's monitor for programs, which sends and receives JSON, one object a line.
 * Nothing here waits: the caller polls fd. What comes from it is not to be trusted, for a guest may
 * have taken QEMU over.
 */
struct qmp {
	int fd; /* -1: none, or given up */
	char *text;
	size_t len, size;
};

#define QMP_CLOSED { .fd = -1 }

/* Connect to a listening Unix socket by its own descriptor: 0 or a negative errno. */
int qmp_open(int listening_fd, struct qmp *ret) _must_check_;
void qmp_close(struct qmp *qmp);

/* Send a command without arguments; the answer's "id" is its name. */
int qmp_send(struct qmp *qmp, const char *command) _must_check_;

/* Take in what there is to read: 0, -EPIPE at the end, -EPROTO for more than a monitor says. */
int qmp_receive(struct qmp *qmp) _must_check_;

/*
 * The next message that is complete, to be freed: 1. 0 when there is none, -EPROTO when what came
 * is not JSON.
 */
int qmp_next(struct qmp *qmp, struct json_object **ret) _must_check_;
