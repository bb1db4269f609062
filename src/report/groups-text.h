/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "policy/target.h"
#include "policy/what-if.h"

/*
 * The kernel's groups with members, what keeps them from a guest, reserved regions, and why members
 * are there because of others as far as the prediction agrees. Colour only where the caller found a
 * terminal that wants it.
 */
void text_groups(FILE *out, const struct prediction *prediction, bool color);

/*
 * The predicted groups with the reason for each, what one device with ACS would change in each, and
 * whether the kernel's are the same.
 */
void text_prediction(FILE *out, const struct prediction *prediction,
		     const struct what_ifs *what_ifs, bool color);

/* The groups with the assumption that these functions have ACS, and what differs from those without. */
void text_with_acs(FILE *out, const struct prediction *plain, const struct prediction *assumed,
		   const struct targets *targets, bool color);
