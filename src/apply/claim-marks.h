/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/state.h"
#include "host/claims.h"

/*
 * One empty file for each address that a claim could be about, /run/vfioadm/claims/ADDRESS: udev's
 * rule looks whether there is one, so that no process is started for any other device. They are made
 * anew from the claims; with claims off there are none.
 */
int claim_marks_write(const struct state *state, const struct claims *claims, struct error *err)
	_must_check_;
