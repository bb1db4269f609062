/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-keys.h"

static const struct config_key spice_keys[] = {
	{ "listen", VALUE_HOST, GUEST_OF(spice, listen), NULL, "127.0.0.1", false,
	  "the address to listen on" },
	{ "port", VALUE_PORT, GUEST_OF(spice, port), NULL, "5900", false, "the TCP port" },
	{ "ticketing", VALUE_BOOL, GUEST_OF(spice, ticketing), NULL, "on", false,
	  "whether a password is asked" },
	{ "password-file", VALUE_PATH, GUEST_OF(spice, password_file), NULL, NULL, false,
	  "the file with the password, which ticketing needs" },
	{ "allow-remote", VALUE_BOOL, GUEST_OF(spice, allow_remote), NULL, "no", false,
	  "consent to listen on more than this host" },
	{ "unix", VALUE_PATH, GUEST_OF(spice, unix_path), NULL, NULL, false,
	  "a socket's path in place of an address and a port" },
	{ "agent", VALUE_BOOL, GUEST_OF(spice, agent), NULL, "no", false,
	  "a channel for the guest's SPICE agent: clipboard, pointer, screen size" },
};
GUEST_KEYS(spice);

static const struct config_key vnc_keys[] = {
	{ "listen", VALUE_HOST, GUEST_OF(vnc, listen), NULL, "127.0.0.1", false,
	  "the address to listen on" },
	{ "port", VALUE_PORT, GUEST_OF(vnc, port), NULL, "5900", false, "the TCP port, 5900 or above" },
	{ "unix", VALUE_PATH, GUEST_OF(vnc, unix_path), NULL, NULL, false,
	  "a socket's path in place of an address and a port" },
	{ "password-file", VALUE_PATH, GUEST_OF(vnc, password_file), NULL, NULL, false,
	  "the file with the password, of which VNC looks at 8 letters" },
	{ "allow-remote", VALUE_BOOL, GUEST_OF(vnc, allow_remote), NULL, "no", false,
	  "consent to listen on more than this host; nothing is encrypted" },
};
GUEST_KEYS(vnc);

static const struct config_key monitor_keys[] = {
	{ "telnet", VALUE_ENDPOINT, GUEST_OF(monitor, telnet), NULL, NULL, false,
	  "the address and TCP port to listen on; no password is asked" },
	{ "unix", VALUE_PATH, GUEST_OF(monitor, unix_path), NULL, NULL, false,
	  "a socket's path in place of telnet" },
	{ "allow-remote", VALUE_BOOL, GUEST_OF(monitor, allow_remote), NULL, "no", false,
	  "consent to listen on more than this host" },
};
GUEST_KEYS(monitor);

static const struct config_key qmp_keys[] = {
	{ "unix", VALUE_PATH, GUEST_OF(qmp, unix_path), NULL, NULL, true, "the socket's path" },
};
GUEST_KEYS(qmp);

static const struct config_key serial_keys[] = {
	{ "type", VALUE_CHOICE, GUEST_OF(serial, type), "stdio|pty|unix|file", "pty", false,
	  "where the serial port leads; pty is a terminal, /dev/pts/N, which QEMU names as it "
	  "starts (screen /dev/pts/N shows it)" },
	{ "path", VALUE_PATH, GUEST_OF(serial, path), NULL, NULL, false,
	  "the socket or the file, for these types" },
};
GUEST_KEYS(serial);

static const struct config_key extra_keys[] = {
	{ "option", VALUE_OPTION, GUEST_OF(extra, option), NULL, NULL, true,
	  "such as -device; nothing but QEMU checks it" },
	{ "value", VALUE_ANY, GUEST_OF(extra, value), NULL, NULL, false, "what stands behind it" },
};
GUEST_KEYS(extra);
