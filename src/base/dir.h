/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <dirent.h>

/*
 * Go through a directory: each takes what the one before returned, be it NULL. That not all of it
 * could be read is noted, see base/read-failure.h.
 */
DIR *dir_open(int fd); /* the descriptor, which may be negative, is taken over */
struct dirent *dir_next(DIR *dir);
void dir_close(DIR *dir);
