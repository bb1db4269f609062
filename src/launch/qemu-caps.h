/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/strv.h"

/*
 * What a QEMU program can do, by its own word. All zero: it was not asked, and is taken for one
 * that has everything that QEMU 7.2 and 10 both have.
 */
struct qemu_caps {
	char *version; /* for people, such as "7.2.22"; NULL: it was not asked */
	struct strv types;     /* of devices, objects and character devices */
	struct strv cpu_flags; /* that -cpu takes */
	bool vfio_fd;	       /* vfio-pci can be given open files, by way of an iommufd object */
	bool sandbox;	       /* -sandbox, with every option to deny: a seccomp filter */
	bool run_with_user;    /* -run-with user=, which came when -runas went */
};

/*
 * Start the program without a machine and ask. Nothing is remembered between runs: a package that
 * is installed later adds devices without touching the program. On failure *ret is all zero.
 */
int qemu_caps_ask(const char *program, struct qemu_caps *ret, struct error *err) _must_check_;

/* The same from a QEMU's answers, one JSON document a line. name is for messages. */
int qemu_caps_parse(const char *name, const char *answers, struct qemu_caps *ret,
		    struct error *err) _must_check_;
void qemu_caps_release(struct qemu_caps *caps);

/* True as well where it was not asked. */
bool qemu_caps_have_type(const struct qemu_caps *caps, const char *type);
bool qemu_caps_have_sandbox(const struct qemu_caps *caps);
bool qemu_caps_have_cpu_flag(const struct qemu_caps *caps, const char *flag);

/* Devices and objects among the arguments that this QEMU does not have, one message each. */
void qemu_caps_check(const struct qemu_caps *caps, const struct strv *argv, struct strv *problems);
