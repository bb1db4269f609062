/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "launch/import-props.h"
#include "launch/import.h"

/* What is left of an option goes to QEMU as it is: the same option may be given again. */
static void pass_rest(struct import *import, const char *option, const struct import_props *props)
{
	for (size_t i = 0; i < props->unread.count; i++) {
		const char *key = props->unread.items[i];
		size_t len = strlen(key);

		for (size_t j = 0; *key && j < props->items.count; j++)
			if (strncmp(props->items.items[j], key, len) == 0 &&
			    props->items.items[j][len] == '=')
				import_extra(import, option, props->items.items[j]);
	}
}

static bool put_accel(struct import *import, const char *value)
{
	if (strcmp(value, "kvm") != 0 && strcmp(value, "tcg") != 0)
		return false;
	import_line(import, "guest", "accel=%s", value);
	return true;
}

static bool put_kvm(struct import *import, const char *value)
{
	(void)value;
	return put_accel(import, "kvm");
}

static bool put_machine(struct import *import, const char *value)
{
	struct import_props props;
	const char *type, *accel, *irqchip;
	bool done = true;

	import_props_parse(value, &props);
	type = props.first ? props.first : import_prop(&props, "type");
	accel = import_prop(&props, "accel");
	irqchip = import_prop(&props, "kernel_irqchip");
	if (!irqchip)
		irqchip = import_prop(&props, "kernel-irqchip");
	if (type && (strcmp(type, "q35") == 0 || strncmp(type, "pc-q35", 6) == 0))
		import_line(import, "guest", "machine=q35");
	else if (type && strcmp(type, "pc") != 0 && strncmp(type, "pc-i440fx", 9) != 0)
		done = false;
	if (type && strncmp(type, "pc-", 3) == 0)
		strv_addf(&import->warnings, "-machine %s: the release in it is left out; the guest "
			  "may see another board", type);
	if (accel && !put_accel(import, accel))
		strv_addf(&import->warnings, "-machine accel=%s: is left out", accel);
	if (irqchip)
		import_line(import, "guest", "kernel-irqchip=%s", irqchip);
	if (done)
		pass_rest(import, "-machine", &props);
	import_props_release(&props);
	return done;
}

static bool put_memory(struct import *import, const char *value)
{
	size_t len = strspn(value, "0123456789");

	if (strncmp(value, "size=", 5) == 0)
		return put_memory(import, value + 5);
	if (len == 0 || (value[len] && (!strchr("KMGTkmgt", value[len]) || value[len + 1])))
		return false;
	import_line(import, "guest", value[len] ? "memory=%s" : "memory=%sM", value);
	return true;
}

static bool put_cpu(struct import *import, const char *value)
{
	struct import_props props;
	const char *kvm, *vendor;
	char *flags = NULL;
	size_t size;
	FILE *out = xopen_memstream(&flags, &size);

	import_props_parse(value, &props);
	kvm = import_prop(&props, "kvm");
	vendor = import_prop(&props, "hv_vendor_id");
	if (!vendor)
		vendor = import_prop(&props, "hv-vendor-id");
	if (props.first)
		import_line(import, "cpu", "model=%s", props.first);
	if (kvm && strcmp(kvm, "off") == 0)
		import_line(import, "cpu", "hide-hypervisor=yes");
	if (vendor)
		import_line(import, "cpu", "vendor-id=%s", vendor);
	for (const char *at = strchr(value, ','); at; at = strchr(at + 1, ',')) {
		int len = (int)strcspn(at + 1, ",");

		if (strncmp(at + 1, "kvm=", 4) != 0 && strncmp(at + 1, "hv_vendor_id=", 13) != 0 &&
		    strncmp(at + 1, "hv-vendor-id=", 13) != 0)
			fprintf(out, "%s%.*s", ftell(out) ? "," : "", len, at + 1);
	}
	fclose(out);
	if (*flags)
		import_line(import, "cpu", "flags=%s", flags);
	free(flags);
	import_props_release(&props);
	return true;
}

/* What is not said follows from the number of processors, as QEMU has it: sockets before cores. */
static void fill_topology(uint64_t count, uint64_t *sockets, uint64_t *cores, uint64_t *threads)
{
	*threads = *threads ? *threads : 1;
	if (*cores && !*sockets)
		*sockets = count / (*cores * *threads);
	*sockets = *sockets ? *sockets : 1;
	if (!*cores)
		*cores = count / (*sockets * *threads);
	*cores = *cores ? *cores : 1;
}

static bool put_smp(struct import *import, const char *value)
{
	static const char *const keys[] = { "sockets", "cores", "threads" };
	uint64_t numbers[ARRAY_SIZE(keys)] = { 0 }, count = 0;
	struct import_props props;
	const char *text;
	bool done = true;

	import_props_parse(value, &props);
	text = props.first ? props.first : import_prop(&props, "cpus");
	done = !text || parse_uint(text, 255, &count) == 0;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		text = import_prop(&props, keys[i]);
		done &= !text || (parse_uint(text, 255, &numbers[i]) == 0 && numbers[i] > 0);
	}
	done &= import_props_all_read(&props);
	if (done)
		fill_topology(count, &numbers[0], &numbers[1], &numbers[2]);
	for (size_t i = 0; done && i < ARRAY_SIZE(keys); i++)
		import_line(import, "cpu", "%s=%u", keys[i], (unsigned int)numbers[i]);
	import_props_release(&props);
	return done;
}

static bool put_rtc(struct import *import, const char *value)
{
	if (strcmp(value, "base=localtime") != 0 && strcmp(value, "base=utc") != 0)
		return false;
	import_line(import, "guest", "rtc=%s", value + strlen("base="));
	return true;
}

static bool put_vga(struct import *import, const char *value)
{
	static const char *const known[] = { "none", "std", "virtio", "qxl" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(value, known[i]) == 0) {
			import_line(import, "guest", "vga=%s", value);
			return true;
		}
	return false;
}

static bool put_bios(struct import *import, const char *value)
{
	import_line(import, "firmware", "code=%s", value);
	import_line(import, "firmware", "vars=none");
	strv_addf(&import->warnings, "-bios %s: becomes a flash device, which firmware for UEFI takes, "
		  "and a BIOS does not", value);
	return true;
}

static bool put_cdrom(struct import *import, const char *value)
{
	_cleanup_free_ char *drive = xasprintf("media=cdrom,file=%s", value);

	return !strchr(value, ',') && import_drive(import, drive);
}

static bool put_hard_disk(struct import *import, const char *value)
{
	_cleanup_free_ char *drive = xasprintf("file=%s", value);

	return !strchr(value, ',') && import_drive(import, drive);
}

/* "-net nic" goes with the "-net bridge" beside it: each [net] has a card already. */
static bool put_net(struct import *import, const char *value)
{
	_cleanup_free_ char *netdev = NULL;

	if (strcmp(value, "nic") == 0)
		return true;
	if (strchr(value, '=') == NULL && strcmp(value, "user") != 0)
		return false;
	netdev = xasprintf("%s,id=net", value);
	if (strncmp(value, "nic", 3) == 0 || !import_netdev(import, netdev))
		return false;
	if (import_net(import, "e1000,netdev=net"))
		return true;
	import->netdevs.items[import->netdevs.count - 2][0] = '\0';
	return false;
}

static bool put_spice(struct import *import, const char *value)
{
	struct import_props props;
	const char *port, *addr;
	bool open, done;

	import_props_parse(value, &props);
	port = import_prop(&props, "port");
	addr = import_prop(&props, "addr");
	open = import_prop_is_on(&props, "disable-ticketing");
	if (props.first)
		open |= strcmp(props.first, "disable-ticketing") == 0;
	done = import_props_all_read(&props) && port;
	if (done) {
		import_line(import, "spice", "listen=%s", addr && *addr ? addr : "0.0.0.0");
		import_line(import, "spice", "port=%s", port);
		import_line(import, "spice", "ticketing=%s", open ? "off" : "on");
	}
	import_props_release(&props);
	return done;
}

/* "telnet:HOST:PORT,server,nowait,ipv4" and "unix:PATH,server,nowait" */
static bool put_monitor(struct import *import, const char *value)
{
	int len = (int)strcspn(value, ",");

	if (strncmp(value, "telnet:", 7) == 0 && strstr(value, ",server"))
		import_line(import, "monitor", value[7] == ':' ? "telnet=0.0.0.0%.*s" : "telnet=%.*s",
			    len - 7, value + 7);
	else if (strncmp(value, "unix:", 5) == 0 && strstr(value, ",server"))
		import_line(import, "monitor", "unix=%.*s", len - 5, value + 5);
	else
		return strcmp(value, "none") == 0;
	return true;
}

static bool put_qmp(struct import *import, const char *value)
{
	_cleanup_free_ char *heading = import_heading(import, "qmp");

	if (strncmp(value, "unix:", 5) != 0)
		return false;
	import_line(import, heading, "unix=%.*s", (int)strcspn(value, ",") - 5, value + 5);
	return true;
}

/* What vfioadm does by itself, or does not need: nothing is lost. */
static bool take(struct import *import, const char *value)
{
	(void)import;
	(void)value;
	return true;
}

static bool put_display(struct import *import, const char *value)
{
	(void)import;
	return strcmp(value, "none") == 0;
}

static bool put_name(struct import *import, const char *value)
{
	strv_addf(&import->warnings, "-name %s: a guest has the name of its file", value);
	return true;
}

static bool put_daemonize(struct import *import, const char *value)
{
	(void)value;
	strv_add(&import->warnings, "-daemonize: is left out; vfioadm launch --detach does that");
	return true;
}

static const struct {
	const char *option;
	bool has_value;
	bool (*put)(struct import *import, const char *value);
} options[] = {
	{ "enable-kvm", false, put_kvm },    { "accel", true, put_accel },
	{ "machine", true, put_machine },    { "M", true, put_machine },
	{ "m", true, put_memory },	     { "cpu", true, put_cpu },
	{ "smp", true, put_smp },	     { "rtc", true, put_rtc },
	{ "drive", true, import_drive },     { "device", true, import_device },
	{ "cdrom", true, put_cdrom },	     { "hda", true, put_hard_disk },
	{ "hdb", true, put_hard_disk },	     { "bios", true, put_bios },
	{ "net", true, put_net },	     { "netdev", true, import_netdev },
	{ "spice", true, put_spice },	     { "monitor", true, put_monitor },
	{ "qmp", true, put_qmp },	     { "vga", true, put_vga },
	{ "display", true, put_display },    { "name", true, put_name },
	{ "nodefaults", false, take },	     { "no-user-config", false, take },
	{ "daemonize", false, put_daemonize },
};

static void put_option(struct import *import, const char *word, const char *value)
{
	const char *name = word + strspn(word, "-");

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strcmp(options[i].option, name) == 0 &&
		    options[i].has_value == (value != NULL)) {
			if (!options[i].put(import, value))
				import_extra(import, word, value);
			return;
		}
	import_extra(import, word, value);
}

/* -drive if=none and -netdev that no -device took. */
static void put_left_over(struct import *import)
{
	for (size_t i = 0; i < import->drives.count; i += 2)
		if (import->drives.items[i][0])
			import_extra(import, "-drive", import->drives.items[i + 1]);
	for (size_t i = 0; i < import->netdevs.count; i += 2)
		if (import->netdevs.items[i][0])
			import_extra(import, "-netdev", import->netdevs.items[i + 1]);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void import_options(struct import *import, const struct strv *words)
{
	bool firmware = false;

	if (strcmp(base_name(words->items[0]), "qemu-system-x86_64") != 0)
		import_line(import, "guest", "qemu=%s", words->items[0]);
	for (size_t i = 1; i < words->count; i++) {
		bool has_value = i + 1 < words->count && words->items[i + 1][0] != '-';

		if (words->items[i][0] != '-' || !isalpha((unsigned char)words->items[i][
							  strspn(words->items[i], "-")])) {
			strv_addf(&import->warnings, "%s: is left out: it is no option",
				  words->items[i]);
			continue;
		}
		put_option(import, words->items[i], has_value ? words->items[i + 1] : NULL);
		i += has_value;
	}
	put_left_over(import);
	for (size_t i = 0; i < import->count; i++)
		firmware |= strcmp(import->sections[i].heading, "firmware") == 0;
	if (firmware)
		return;
	import_line(import, "firmware", "code=auto");
	strv_add(&import->warnings, "no firmware was named, which is QEMU's BIOS; the guest gets "
				    "UEFI firmware instead, and a disk that a BIOS boots will not start");
}
