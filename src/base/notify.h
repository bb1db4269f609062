/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * Tell the service manager how far we are, as sd_notify(3): state is lines such as "READY=1". Does
 * nothing where no manager asked for it by $NOTIFY_SOCKET; what cannot be delivered is lost.
 */
void notify(const char *state);
