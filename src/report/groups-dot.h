/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "policy/predict.h"

/*
 * A Graphviz document: root buses and what hangs from them, each group a cluster, with ACS at the
 * ports, drivers, and GPUs that stand out. The kernel's groups, or the predicted ones.
 */
void dot_groups(FILE *out, const struct prediction *prediction, bool predicted);
