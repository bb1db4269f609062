/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/step-device.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/driver-link.h"
#include "base/fileat.h"
#include "base/log.h"
#include "host/names.h"

#define PATH_SIZE 384

/* The attribute that a step writes; undo may write others, of the same file system. */
static void attribute_path(const struct step *step, char path[PATH_SIZE])
{
	switch (step->kind) {
	case STEP_UNBIND:
		snprintf(path, PATH_SIZE, NAME_PCI_DRIVERS "/%s/unbind", step->from);
		break;
	case STEP_BIND:
		snprintf(path, PATH_SIZE, NAME_PCI_DRIVERS "/%s/bind", step->to);
		break;
	case STEP_RESET:
		snprintf(path, PATH_SIZE, NAME_PCI_DEVICES "/%s/reset", step->subject);
		break;
	default:
		snprintf(path, PATH_SIZE, NAME_PCI_DEVICES "/%s/driver_override", step->subject);
		break;
	}
}

int device_step_ready(struct apply *apply, const struct step *step, struct error *err)
{
	char path[PATH_SIZE];

	attribute_path(step, path);
	/* Asks the file system only: no lock of the device's is taken. */
	if (faccessat(apply->root->fd, path, W_OK, AT_EACCESS) == 0 || errno != EROFS)
		return 0;
	return error_set(err, -EROFS, "/%s: cannot write: sysfs is mounted read-only here, as in a "
			 "container: run vfioadm on the host itself, or first   mount -o remount,rw "
			 "/sys", path);
}

static int read_driver(struct apply *apply, const struct step *step, char buf[DRIVER_NAME_SIZE],
		       struct error *err)
{
	return driver_link_read(apply, &pci_bus, step->subject, buf, err);
}

static int read_override(struct apply *apply, const struct step *step, char buf[128],
			 struct error *err)
{
	char path[PATH_SIZE];
	ssize_t len;

	snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s/driver_override", step->subject);
	len = patient_read(&apply->helper, apply->root, path, buf, 128, apply->timeout_ms, err);
	if (len < 0)
		return (int)len;
	if (strcmp(buf, "(null)") == 0)
		buf[0] = '\0';
	return 0;
}

/* Only a newline clears an override: a write of no bytes never reaches the kernel's handler. */
static int write_override(struct apply *apply, const struct step *step, const char *value,
			  struct error *err)
{
	char path[PATH_SIZE], now[128];
	int r;

	snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s/driver_override", step->subject);
	r = apply->ops->attr_write(apply, path, *value ? value : "\n", err);
	if (r == 0)
		r = read_override(apply, step, now, err);
	if (r == 0 && strcmp(now, value) != 0)
		r = error_set(err, -EIO, "%s: driver_override was written but reads %s",
			      step->subject, *now ? now : "none");
	return r;
}

static int write_driver(struct apply *apply, const struct step *step, const char *driver,
			const char *attribute, const char *expected, struct error *err)
{
	return driver_link_write(apply, &pci_bus, step->subject, driver, attribute, expected, err);
}

int override_check(struct apply *apply, const struct step *step, struct error *err)
{
	char now[128];
	int r = read_override(apply, step, now, err);

	if (r < 0)
		return r;
	if (strcmp(now, step->to) == 0)
		return STEP_ALREADY;
	return strcmp(now, step->from) == 0 ? STEP_TO_DO : step_stale(step, "driver_override", now, err);
}

int override_apply(struct apply *apply, const struct step *step, struct error *err)
{
	return write_override(apply, step, step->to, err);
}

/*
 * A function that was unplugged took its override and its binding with it: nothing of it is left to
 * put back, and a journal that waited for it would wait for ever. r is what the undo came to.
 */
static int unless_gone(struct apply *apply, const struct step *step, int r)
{
	char path[PATH_SIZE];

	if (r == 0 || r == -ETIMEDOUT)
		return r;
	snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s", step->subject);
	if (faccessat(apply->root->fd, path, F_OK, 0) == 0 || errno != ENOENT)
		return r;
	log_debug("%s: it is not there any more: nothing to put back", step->subject);
	return 0;
}

static int put_override_back(struct apply *apply, const struct step *step, struct error *err)
{
	char now[128];
	int r = read_override(apply, step, now, err);

	if (r < 0 || strcmp(now, step->from) == 0)
		return r;
	return write_override(apply, step, step->from, err);
}

int override_undo(struct apply *apply, const struct step *step, struct error *err)
{
	return unless_gone(apply, step, put_override_back(apply, step, err));
}

int unbind_check(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_driver(apply, step, now, err);

	if (r < 0)
		return r;
	if (!*now)
		return STEP_ALREADY;
	return strcmp(now, step->from) == 0 ? STEP_TO_DO : step_stale(step, "its driver", now, err);
}

int unbind_apply(struct apply *apply, const struct step *step, struct error *err)
{
	return write_driver(apply, step, step->from, "unbind", "", err);
}

/* A driver without devices may have been unloaded since. */
static int load_driver(struct apply *apply, const struct step *step, struct error *err)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), NAME_PCI_DRIVERS "/%s", step->from);
	if (!*step->held.module || faccessat(apply->root->fd, path, F_OK, 0) == 0)
		return 0;
	return apply->ops->module_load(apply, step->held.module, true, err);
}

/*
 * With an override for another driver set the old one would be refused, so it is aimed at the old
 * one first; putting the override back is the undo of the override's own step, which comes after.
 */
static int bind_again(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_driver(apply, step, now, err);

	if (r < 0 || strcmp(now, step->from) == 0)
		return r;
	if (*now)
		return step_stale(step, "its driver", now, err);
	r = load_driver(apply, step, err);
	if (r == 0)
		r = write_override(apply, step, step->from, err);
	return r < 0 ? r : write_driver(apply, step, step->from, "bind", step->from, err);
}

int unbind_undo(struct apply *apply, const struct step *step, struct error *err)
{
	return unless_gone(apply, step, bind_again(apply, step, err));
}

/* A driver would not know what became of its device. */
int reset_check(struct apply *apply, const struct step *step, struct error *err)
{
	char now[64];
	int r = read_driver(apply, step, now, err);

	if (r < 0)
		return r;
	return *now ? step_stale(step, "its driver", now, err) : STEP_TO_DO;
}

/* What does not come back from a reset reads as all ones. The other attributes are the kernel's copies. */
static int answers(struct apply *apply, const struct step *step, struct error *err)
{
	char path[PATH_SIZE], config[64];
	uint16_t vendor, device;
	ssize_t len;

	snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s/config", step->subject);
	len = fileat_read(apply->root->fd, path, config, sizeof(config));
	if (len < 4)
		return error_errno(err, len < 0 ? (int)len : -EIO, "/%s: cannot read", path);
	memcpy(&vendor, config, sizeof(vendor));
	memcpy(&device, config + 2, sizeof(device));
	vendor = le16toh(vendor);
	device = le16toh(device);
	if (vendor == step->held.vendor && device == step->held.device)
		return 0;
	return error_set(err, -EIO, "%s: after the reset it answers as %04x:%04x, not as %04x:%04x: "
			 "it may take a power cycle to bring it back", step->subject, vendor, device,
			 step->held.vendor, step->held.device);
}

int reset_apply(struct apply *apply, const struct step *step, struct error *err)
{
	char path[PATH_SIZE];
	int r;

	attribute_path(step, path);
	r = apply->ops->attr_write(apply, path, "1", err);
	return r < 0 ? r : answers(apply, step, err);
}

int bind_check(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_driver(apply, step, now, err);

	if (r < 0)
		return r;
	if (strcmp(now, step->to) == 0)
		return STEP_ALREADY;
	return !*now ? STEP_TO_DO : step_stale(step, "its driver", now, err);
}

int bind_apply(struct apply *apply, const struct step *step, struct error *err)
{
	return write_driver(apply, step, step->to, "bind", step->to, err);
}

static int release_again(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_driver(apply, step, now, err);

	if (r < 0 || strcmp(now, step->to) != 0)
		return r;
	return write_driver(apply, step, step->to, "unbind", "", err);
}

int bind_undo(struct apply *apply, const struct step *step, struct error *err)
{
	return unless_gone(apply, step, release_again(apply, step, err));
}

/* Whoever has it by now was chosen already. */
int probe_check(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_driver(apply, step, now, err);

	return r < 0 ? r : *now ? STEP_ALREADY : STEP_TO_DO;
}

/* That nothing wants the device, or that its driver refuses it, is how it is at boot, too. */
int probe_apply(struct apply *apply, const struct step *step, struct error *err)
{
	char path[PATH_SIZE], modalias[PATH_SIZE];
	int r;

	snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s/modalias", step->subject);
	if (fileat_read(apply->root->fd, path, modalias, sizeof(modalias)) > 0 &&
	    apply->ops->module_load(apply, modalias, false, err) < 0)
		log_debug("%s", err->msg);
	r = apply->ops->attr_write(apply, NAME_PCI_DRIVERS_PROBE, step->subject, err);
	if (r < 0 && r != -ETIMEDOUT)
		log_info("%s; it has no driver now", err->msg);
	return r == -ETIMEDOUT ? r : 0;
}

static int let_go_again(struct apply *apply, const struct step *step, struct error *err)
{
	char now[DRIVER_NAME_SIZE];
	int r = read_driver(apply, step, now, err);

	return r < 0 || !*now ? r : write_driver(apply, step, now, "unbind", "", err);
}

int probe_undo(struct apply *apply, const struct step *step, struct error *err)
{
	return unless_gone(apply, step, let_go_again(apply, step, err));
}
