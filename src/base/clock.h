/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/* Milliseconds of a clock that only goes forward, from an arbitrary start. */
int64_t clock_now_ms(void);

/* Milliseconds until deadline, 0 when it has passed: fit for poll(2). */
int clock_left_ms(int64_t deadline);
