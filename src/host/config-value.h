/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/macro.h"
#include "host/config-value-lists.h"

/* The kinds of value that a key of a configuration file takes, and what each is stored as. */
enum value_type {
	VALUE_CHOICE,	/* unsigned int: the place of the word among the key's choices */
	VALUE_BOOL,	/* bool */
	VALUE_COUNT,	/* unsigned int: 1 to 255 */
	VALUE_PORT,	/* unsigned int: 1 to 65535 */
	VALUE_MEMORY,	/* struct value_memory */
	VALUE_NAME,	/* char *: a letter, then letters, digits and "_.-" */
	VALUE_PATH,	/* struct value_text; one of the choices is taken as well */
	VALUE_PROGRAM,	/* char *: absolute, or a name to be found in PATH */
	VALUE_PCI_ADDR, /* struct pci_addr */
	VALUE_HOST,	/* struct value_text: an IP address or a host name */
	VALUE_ENDPOINT, /* struct value_endpoint */
	VALUE_BRIDGE,	/* char *: a network interface's name */
	VALUE_MAC,	/* char * */
	VALUE_IDS,	/* struct value_ids: of a PCI or USB device */
	VALUE_CPUS,	/* struct value_cpus */
	VALUE_FORWARDS, /* struct value_forwards */
	VALUE_FLAGS,	/* char *: QEMU's processor flags, separated by commas */
	VALUE_VENDOR,	/* char *: what CPUID has room for */
	VALUE_SERIAL,	/* char *: what ATA and virtio have room for */
	VALUE_USB_PORT, /* char *: BUS-PORT as in /sys/bus/usb/devices */
	VALUE_OPTION,	/* char *: a word that begins with a dash */
	VALUE_ANY,	/* char *: any text */
};

struct value_memory {
	char *text; /* as written, for people: 3000M */
	uint64_t bytes;
};

struct value_ids {
	bool given;
	uint16_t vendor, device;
};

struct value_text {
	char *text;	   /* NULL when not given and without a default */
	unsigned int line; /* of the file; 0: the default */
};

struct value_endpoint {
	char *host; /* NULL when not given; without brackets */
	unsigned int port;
	unsigned int line;
};

/*
 * Parse text strictly and store it in the field, which owns what was allocated. choices are words
 * separated by "|", or NULL. Returns 0, or -EINVAL with the field untouched.
 */
int value_parse(enum value_type type, const char *choices, const char *text, unsigned int line,
		void *field) _must_check_;
void value_release(enum value_type type, void *field);

/* What such a value looks like, to stand behind "expected" and in the manual. */
const char *value_expected(enum value_type type);

/* Reached from this host only: 127.0.0.0/8, ::1 or localhost. */
bool value_host_is_loopback(const char *host);

/* "system" in [disk system]: a letter, then letters, digits and "_.-". QEMU's ids are no wider. */
bool value_is_name(const char *text);
