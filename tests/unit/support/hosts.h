/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/host.h"
#include "policy/target.h"
#include "support/tree.h"

/* Machines that several tests are about, and looking at one. */

#define GPU    "0000:01:00.0"
#define AUDIO  "0000:01:00.1"
#define GPU2   "0000:02:00.0"
#define AUDIO2 "0000:02:00.1"
#define SCREEN "0000:00:02.0" /* the host's own, which the firmware uses */
#define PORT   "0000:00:04.0" /* the root port above GPU */
#define PORT2  "0000:00:05.0"

#define GPU_GROUP  3
#define GPU2_GROUP 5

/*
 * An Intel host with its own screen and a Radeon with an audio function behind a root port, both
 * functions alone in one group; no vfio module is loaded.
 */
struct tree *host_with_radeon(void);

/* The same with a second card of the same kind behind a port of its own. */
struct tree *host_with_two_radeons(void);

/* The vfio modules, as after modprobe. */
void host_load_vfio(struct tree *tree);

/* Bind to vfio-pci as another tool would: override and links, no record. */
void host_bind_to_vfio(struct tree *tree, const char *addr);

/* Discover all, what takes locks to read included; a failure fails the test. */
void host_look(struct tree *tree, struct host *ret);
void host_look_again(struct tree *tree, struct host *host);

/* The target that a DEVICE names must be there. */
void target_add(struct targets *targets, const struct host *host, const char *device);
