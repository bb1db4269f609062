/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/config-file.h"
#include "launch/guest.h"

#define GUEST_OF(section, field) offsetof(struct guest_##section, field)
#define GUEST_KEYS(section)                                                                        \
	const struct config_keys guest_##section##_keys = { section##_keys,                        \
							    ARRAY_SIZE(section##_keys) }

/* The tables of each section: guest-keys-machine.c, guest-keys-devices.c, guest-keys-access.c. */
extern const struct config_keys guest_board_keys, guest_memory_keys, guest_cpu_keys,
	guest_firmware_keys, guest_tpm_keys;
extern const struct config_keys guest_disk_keys, guest_cdrom_keys, guest_hostdev_keys,
	guest_net_keys, guest_share_keys, guest_usb_keys, guest_input_keys, guest_audio_keys,
	guest_looking_glass_keys;
extern const struct config_keys guest_spice_keys, guest_vnc_keys, guest_monitor_keys,
	guest_qmp_keys, guest_serial_keys, guest_extra_keys;

/* Every section and key that a guest file knows; it is read into a struct guest. */
extern const struct config_format guest_format;
