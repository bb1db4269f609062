/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "launch/guest.h"

/* The rules of guest_check(), by what they are about. Each reports the first one broken. */
int guest_check_machine(const struct guest *guest, struct error *err) _must_check_;
int guest_check_disks(const struct guest *guest, struct error *err) _must_check_;
int guest_check_devices(const struct guest *guest, struct error *err) _must_check_;
int guest_check_access(const struct guest *guest, struct error *err) _must_check_;

/* "FILE:LINE: NAME: why" of a section; returns -EINVAL. */
int guest_complain(const struct guest *guest, const struct config_heading *at, struct error *err,
		   const char *why);
