/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/config-file.h"
#include "launch/guest.h"

/* Every section and key that a guest file knows; it is read into a struct guest. */
extern const struct config_format guest_format;
