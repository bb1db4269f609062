/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "policy/predict.h"

/*
 * The kernel's groups with members, what keeps them from a guest, reserved regions, and why members
 * are there because of others as far as the prediction agrees. Colour only where the caller found a
 * terminal that wants it.
 */
void text_groups(FILE *out, const struct prediction *prediction, bool color);

/* The predicted groups with the reason for each, and whether the kernel's are the same. */
void text_prediction(FILE *out, const struct prediction *prediction, bool color);
