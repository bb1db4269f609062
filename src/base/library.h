/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "base/error.h"

/*
 * Shared libraries that are opened when a verb first needs them. Linked to the program, every verb
 * would open them all: libkmod alone brings libcrypto.
 *
 * Soname, Debian's package of it, what it is for. The program carries the sonames in the notes that
 * packagers' tools read (.note.dlopen), and vfioadm --help=libraries says where each is.
 */
#define LIBRARIES(X)                                                                               \
	X(KMOD, "libkmod.so.2", "libkmod2", "modules", "look up and load kernel modules")          \
	X(PCI, "libpci.so.3", "libpci3", "names", "names and capabilities of PCI devices")         \
	X(UDEV, "libudev.so.1", "libudev1", "nodes", "wait until udev is done with a node")        \
	X(JSON, "libjson-c.so.5", "libjson-c5", "json", "JSON out, and what QEMU answers")         \
	X(INIH, "libinih.so.1", "libinih1", "configuration", "read claims and guest files")

#define LIBRARY_ID(id, ...) LIBRARY_##id,
enum library { LIBRARIES(LIBRARY_ID) LIBRARY_MAX };

/*
 * Open the library if it is not open yet, and find the functions of these names, NULL behind the last;
 * functions has a pointer for each, in the same order, and is filled once. When the library or one of
 * the functions is not there it is -ELIBACC, with a message that says which package has it.
 */
int library_open(enum library library, const char *const *names, void *functions,
		 struct error *err) _must_check_;

/* Print the path of each library, one a line. The first that is missing ends it, as library_open(). */
int library_print_paths(FILE *out, struct error *err) _must_check_;

/* For the one file that is a library's door; PREFIX_name is a function of the library. */
#define LIBRARY_POINTER(prefix, name) typeof(prefix##name) *name;
#define LIBRARY_NAME(prefix, name)    #prefix #name,
