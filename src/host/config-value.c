/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config-value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "host/pci-addr.h"

#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define NAME_REST    NAME_LETTERS "0123456789_.-"

bool value_is_name(const char *text)
{
	return isalpha((unsigned char)*text) && text[strspn(text, NAME_REST)] == '\0';
}

bool value_host_is_loopback(const char *host)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return strcmp(host, "localhost") == 0;
}

static bool is_host(const char *text)
{
	struct in6_addr v6;

	if (inet_pton(AF_INET6, text, &v6) == 1)
		return true;
	return isalnum((unsigned char)*text) && text[strspn(text, NAME_REST)] == '\0';
}

/* The place of text among the words of choices, or -EINVAL. */
static int find_choice(const char *choices, const char *text)
{
	size_t text_len = strlen(text);

	if (!choices || text_len == 0)
		return -EINVAL;
	for (int place = 0;; place++) {
		size_t len = strcspn(choices, "|");

		if (len == text_len && strncmp(choices, text, len) == 0)
			return place;
		if (choices[len] == '\0')
			return -EINVAL;
		choices += len + 1;
	}
}

static int parse_choice(const char *choices, const char *text, unsigned int *ret)
{
	int place = find_choice(choices, text);

	if (place < 0)
		return place;
	*ret = (unsigned int)place;
	return 0;
}

static int parse_number(const char *text, unsigned int max, unsigned int *ret)
{
	uint64_t number;

	if (parse_uint(text, max, &number) < 0 || number == 0)
		return -EINVAL;
	*ret = (unsigned int)number;
	return 0;
}

static int parse_memory(const char *text, struct value_memory *ret)
{
	size_t len = strlen(text);
	uint64_t bytes;

	if (len < 2 || !strchr("MGmg", text[len - 1]) || parse_size(text, 1, &bytes) < 0 ||
	    bytes == 0)
		return -EINVAL;
	*ret = (struct value_memory){ xstrdup(text), bytes };
	return 0;
}

static int parse_path(const char *choices, const char *text, unsigned int line,
		      struct value_text *ret)
{
	bool is_file = *text == '/' && text[strlen(text) - 1] != '/';

	if (!is_file && find_choice(choices, text) < 0)
		return -EINVAL;
	*ret = (struct value_text){ xstrdup(text), line };
	return 0;
}

static int parse_text(bool valid, const char *text, char **ret)
{
	if (!valid)
		return -EINVAL;
	*ret = xstrdup(text);
	return 0;
}

static int parse_host(const char *text, unsigned int line, struct value_text *ret)
{
	if (!is_host(text))
		return -EINVAL;
	*ret = (struct value_text){ xstrdup(text), line };
	return 0;
}

/* HOST:PORT, with an IPv6 address in brackets */
static int parse_endpoint(const char *text, unsigned int line, struct value_endpoint *ret)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *host = copy, *colon = strrchr(copy, ':');
	unsigned int port;
	size_t len;

	if (!colon || parse_number(colon + 1, 65535, &port) < 0)
		return -EINVAL;
	*colon = '\0';
	len = strlen(host);
	if (*host == '[') {
		if (host[len - 1] != ']')
			return -EINVAL;
		host[len - 1] = '\0';
		host++;
	} else if (strchr(host, ':')) {
		return -EINVAL;
	}
	if (!is_host(host))
		return -EINVAL;
	*ret = (struct value_endpoint){ xstrdup(host), port, line };
	return 0;
}

static int parse_pci_addr(const char *text, struct pci_addr *ret)
{
	struct error ignored;

	return pci_addr_parse(text, ret, NULL, &ignored);
}

static bool is_bridge(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len < IFNAMSIZ && strspn(text, NAME_REST) == len;
}

/* Six octets; the lowest bit of the first marks a group address, which no card can have. */
static bool is_mac(const char *text)
{
	uint64_t octet;

	for (int i = 0; i < 6; i++, text += 3) {
		char digits[3] = { text[0], text[0] ? text[1] : '\0', '\0' };

		if (parse_hex(digits, 2, 2, &octet) < 0 || (i == 0 && octet & 1) ||
		    text[2] != (i < 5 ? ':' : '\0'))
			return false;
	}
	return true;
}

static int parse_ids(const char *text, struct value_ids *ret)
{
	uint16_t vendor, device;

	if (pci_ids_parse(text, &vendor, &device) < 0)
		return -EINVAL;
	*ret = (struct value_ids){ true, vendor, device };
	return 0;
}

/* +topoext,host-phys-bits=on: as they stand behind the model in -cpu. */
static bool is_flags(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || text[len - 1] == ',' || strspn(text, NAME_REST "+=,") != len)
		return false;
	for (const char *at = text; at; at = strchr(at, ',')) {
		at += *at == ',' && at > text;
		at += *at == '+' || *at == '-';
		if (!isalnum((unsigned char)*at))
			return false;
	}
	return true;
}

static bool is_word_of(const char *text, size_t max)
{
	size_t len = strlen(text);

	return len > 0 && len <= max && strspn(text, NAME_REST) == len;
}

/* 1-2.3: a bus, then the ports from hub to hub */
static bool is_usb_port(const char *text)
{
	size_t bus = strspn(text, "0123456789");
	const char *port = text + bus + 1;

	return bus > 0 && bus < 4 && text[bus] == '-' && isdigit((unsigned char)*port) &&
	       port[strspn(port, "0123456789.")] == '\0' && text[strlen(text) - 1] != '.' &&
	       !strstr(port, "..");
}

static bool is_option(const char *text)
{
	return text[0] == '-' && isalpha((unsigned char)text[1]) &&
	       text[strspn(text, NAME_REST)] == '\0';
}

static bool is_program(const char *text)
{
	return *text == '/' || (*text && !strchr(text, '/'));
}

int value_parse(enum value_type type, const char *choices, const char *text, unsigned int line,
		void *field)
{
	switch (type) {
	case VALUE_CHOICE:
		return parse_choice(choices, text, field);
	case VALUE_BOOL:
		return parse_bool(text, field);
	case VALUE_COUNT:
		return parse_number(text, 255, field);
	case VALUE_PORT:
		return parse_number(text, 65535, field);
	case VALUE_MEMORY:
		return parse_memory(text, field);
	case VALUE_NAME:
		return parse_text(value_is_name(text), text, field);
	case VALUE_PATH:
		return parse_path(choices, text, line, field);
	case VALUE_PROGRAM:
		return parse_text(is_program(text), text, field);
	case VALUE_PCI_ADDR:
		return parse_pci_addr(text, field);
	case VALUE_HOST:
		return parse_host(text, line, field);
	case VALUE_ENDPOINT:
		return parse_endpoint(text, line, field);
	case VALUE_BRIDGE:
		return parse_text(is_bridge(text), text, field);
	case VALUE_MAC:
		return parse_text(is_mac(text), text, field);
	case VALUE_IDS:
		return parse_ids(text, field);
	case VALUE_CPUS:
		return value_parse_cpus(text, line, field);
	case VALUE_FORWARDS:
		return value_parse_forwards(text, line, field);
	case VALUE_FLAGS:
		return parse_text(is_flags(text), text, field);
	case VALUE_VENDOR:
		return parse_text(is_word_of(text, 12), text, field);
	case VALUE_SERIAL:
		return parse_text(is_word_of(text, 20), text, field);
	case VALUE_USB_PORT:
		return parse_text(is_usb_port(text), text, field);
	case VALUE_OPTION:
		return parse_text(is_option(text), text, field);
	case VALUE_ANY:
		return parse_text(*text != '\0', text, field);
	}
	return -EINVAL;
}

void value_release(enum value_type type, void *field)
{
	switch (type) {
	case VALUE_CHOICE:
	case VALUE_BOOL:
	case VALUE_COUNT:
	case VALUE_PORT:
	case VALUE_PCI_ADDR:
	case VALUE_IDS:
		return;
	case VALUE_MEMORY:
		free(((struct value_memory *)field)->text);
		return;
	case VALUE_PATH:
	case VALUE_HOST:
		free(((struct value_text *)field)->text);
		return;
	case VALUE_ENDPOINT:
		free(((struct value_endpoint *)field)->host);
		return;
	case VALUE_CPUS:
		free(((struct value_cpus *)field)->text);
		return;
	case VALUE_FORWARDS:
		free(((struct value_forwards *)field)->text);
		return;
	case VALUE_NAME:
	case VALUE_PROGRAM:
	case VALUE_BRIDGE:
	case VALUE_MAC:
	case VALUE_FLAGS:
	case VALUE_VENDOR:
	case VALUE_SERIAL:
	case VALUE_USB_PORT:
	case VALUE_OPTION:
	case VALUE_ANY:
		free(*(char **)field);
		return;
	}
}

const char *value_expected(enum value_type type)
{
	switch (type) {
	case VALUE_CHOICE:
		return "one of the words";
	case VALUE_BOOL:
		return "yes or no";
	case VALUE_COUNT:
		return "a number from 1 to 255";
	case VALUE_PORT:
		return "a port from 1 to 65535";
	case VALUE_MEMORY:
		return "a size with its unit, such as 3000M or 8G";
	case VALUE_NAME:
		return "a letter, then letters, digits and _.-";
	case VALUE_PATH:
		return "a file's path that starts with /";
	case VALUE_PROGRAM:
		return "a program's name or its path that starts with /";
	case VALUE_PCI_ADDR:
		return "a PCI address, such as 01:00.0 or 0000:01:00.0";
	case VALUE_HOST:
		return "an IP address or a host name";
	case VALUE_ENDPOINT:
		return "ADDRESS:PORT, such as 127.0.0.1:12997 or [::1]:12997";
	case VALUE_BRIDGE:
		return "a bridge's interface name, 15 letters at most";
	case VALUE_MAC:
		return "an address such as 52:54:00:12:34:56";
	case VALUE_IDS:
		return "vendor and device in hexadecimal, such as 1002:5159";
	case VALUE_CPUS:
		return "processors of this host, each once, such as 2-5,8";
	case VALUE_FORWARDS:
		return "tcp:[ADDRESS:]PORT:PORT or udp:..., this host's first, such as tcp:2222:22";
	case VALUE_FLAGS:
		return "flags of QEMU's -cpu, such as +topoext,host-phys-bits=on";
	case VALUE_VENDOR:
		return "12 letters, digits and _.- at most";
	case VALUE_SERIAL:
		return "20 letters, digits and _.- at most";
	case VALUE_USB_PORT:
		return "BUS-PORT as in /sys/bus/usb/devices, such as 1-2 or 1-2.3";
	case VALUE_OPTION:
		return "one of QEMU's options, such as -device";
	case VALUE_ANY:
		return "some text";
	}
	return "another value";
}
