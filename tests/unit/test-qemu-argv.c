/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "launch/qemu-argv.h"

#define BASE "[guest]\nmemory=1G\n%s[firmware]\ncode=/f\n"

static char directory[] = "/tmp/vfioadm-argv.XXXXXX";
static int dirfd = -1;

static const struct firmware plain_firmware = { .code = (char *)"/f", .code_format = "raw" };

static void argv_of(const char *text, const struct qemu_facts *facts, struct strv *argv)
{
	int fd = openat(dirfd, "win.conf", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct guest guest;
	struct error err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	if (guest_load(dirfd, "win.conf", &guest, &err) != 0)
		fail_msg("%s", err.msg);
	qemu_argv(&guest, facts, argv);
	guest_release(&guest);
}

/* The value behind the nth "option", counted from 0; NULL when there are not so many. */
static const char *value_of(const struct strv *argv, const char *option, size_t n)
{
	for (size_t i = 1; i + 1 < argv->count; i++)
		if (strcmp(argv->items[i], option) == 0 && n-- == 0)
			return argv->items[i + 1];
	return NULL;
}

static size_t count_of(const struct strv *argv, const char *option)
{
	size_t n = 0;

	while (value_of(argv, option, n))
		n++;
	return n;
}

/* Whether the comma-separated value has this word, be it "key=value" or the first one. */
static bool has(const char *value, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = value; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, word, len) == 0 && (at[len] == ',' || at[len] == '\0'))
			return true;
	}
	return false;
}

/* The value of an option that has all these words; fails when no such option is there. */
static const char *find(const struct strv *argv, const char *option, const char *const *words)
{
	const char *value;

	for (size_t n = 0; (value = value_of(argv, option, n)); n++) {
		size_t i = 0;

		while (words[i] && has(value, words[i]))
			i++;
		if (!words[i])
			return value;
	}
	for (size_t i = 0; i < argv->count; i++)
		print_message("  %s\n", argv->items[i]);
	fail_msg("no %s with %s ...", option, words[0]);
	return NULL;
}

#define FIND(argv, option, ...) find(argv, option, (const char *const[]){ __VA_ARGS__, NULL })

static size_t place_of(const struct strv *argv, const char *part)
{
	for (size_t i = 0; i < argv->count; i++)
		if (strstr(argv->items[i], part))
			return i;
	fail_msg("nothing has \"%s\"", part);
	return 0;
}

static const char reference[] =
	"[guest]\nmemory=3000M\nmachine=pc\nrtc=localtime\n"
	"[cpu]\nmodel=host\nsockets=1\ncores=6\nthreads=1\nhide-hypervisor=no\n"
	"[firmware]\ncode=/root/OVMF-pure-efi.fd\nvars=none\n"
	"[disk system]\nfile=/home/libvirt/Windows-kvm-efi.img\nformat=raw\n"
	"[disk data]\nfile=/home/libvirt/Windows-2.img\nformat=raw\n"
	"[cdrom install]\nfile=/home/dist/Windows8.1.iso\n"
	"[hostdev gpu]\naddress=01:00.0\n[hostdev audio]\naddress=01:00.1\n"
	"[net lan]\nbridge=xenbr0\n"
	"[spice]\nlisten=127.0.0.1\nport=5900\nticketing=off\n"
	"[monitor]\ntelnet=127.0.0.1:12997\n";

/* Every choice of the reference command line, in the spelling that QEMU takes today. */
static void reference_guest(void **state)
{
	const struct firmware firmware = { .code = (char *)"/root/OVMF-pure-efi.fd",
					   .code_format = "raw" };
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &firmware };
	struct strv argv = { 0 };
	const char *drive;

	(void)state;
	argv_of(reference, &facts, &argv);
	assert_string_equal(argv.items[0], "qemu-system-x86_64");
	/* -enable-kvm; the i440FX board is what no -machine meant */
	FIND(&argv, "-machine", "pc", "accel=kvm");
	assert_string_equal(value_of(&argv, "-m", 0), "3000M");
	assert_string_equal(value_of(&argv, "-cpu", 0), "host");
	FIND(&argv, "-smp", "6", "sockets=1", "cores=6", "threads=1");
	/* -drive if=pflash,format=raw,readonly,file=: one flash, and no settings in another */
	FIND(&argv, "-drive", "if=pflash", "format=raw", "readonly=on",
	     "file=/root/OVMF-pure-efi.fd");
	assert_int_equal(count_of(&argv, "-drive"), 4);
	/* -drive file=,format=raw,media=disk: on the board's own bus, without a -device */
	drive = FIND(&argv, "-drive", "file=/home/libvirt/Windows-kvm-efi.img", "format=raw",
		     "media=disk");
	assert_false(has(drive, "if=none"));
	drive = FIND(&argv, "-drive", "file=/home/libvirt/Windows-2.img", "format=raw",
		     "media=disk");
	assert_false(has(drive, "if=none"));
	assert_true(place_of(&argv, "Windows-kvm-efi.img") < place_of(&argv, "Windows-2.img"));
	FIND(&argv, "-drive", "file=/home/dist/Windows8.1.iso", "format=raw", "media=cdrom");
	/* -device vfio-pci,host=: plain, the card before its sound, on no bus of their own */
	assert_false(strstr(FIND(&argv, "-device", "vfio-pci", "host=0000:01:00.0"), "bus="));
	assert_false(strstr(FIND(&argv, "-device", "vfio-pci", "host=0000:01:00.1"), "bus="));
	assert_true(place_of(&argv, "0000:01:00.0") < place_of(&argv, "0000:01:00.1"));
	/* -net nic -net bridge,br=xenbr0: a PC's usual card was the e1000 */
	FIND(&argv, "-netdev", "tap", "id=net-lan", "fd=96");
	FIND(&argv, "-device", "e1000", "netdev=net-lan");
	FIND(&argv, "-spice", "port=5900", "addr=127.0.0.1", "disable-ticketing=on");
	/* No -vga meant the standard one. */
	assert_string_equal(value_of(&argv, "-vga", 0), "std");
	/* -monitor telnet:127.0.0.1:12997,server,nowait,ipv4 */
	FIND(&argv, "-chardev", "socket", "id=monitor", "host=127.0.0.1", "port=12997", "telnet=on",
	     "server=on", "wait=off", "ipv4=on");
	FIND(&argv, "-mon", "chardev=monitor", "mode=readline");
	assert_string_equal(value_of(&argv, "-rtc", 0), "base=localtime");
	/* Nothing beyond: a name, and no devices that were not asked for. */
	assert_string_equal(value_of(&argv, "-name", 0), "guest=win");
	assert_true(strv_has(&argv, "-nodefaults"));
	assert_true(strv_has(&argv, "-no-user-config"));
	assert_int_equal(count_of(&argv, "-device"), 3);
	assert_false(strv_has(&argv, "-serial"));
	assert_false(strv_has(&argv, "-bios"));
	strv_release(&argv);
}

static void q35_functions(void **state)
{
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &plain_firmware };
	struct strv argv = { 0 };
	const char *port, *lone;

	(void)state;
	argv_of("[guest]\nmemory=1G\nmachine=q35\n[firmware]\ncode=/f\n"
		"[hostdev audio]\naddress=01:00.1\n[hostdev lone]\naddress=02:00.3\n"
		"[hostdev gpu]\naddress=01:00.0\n",
		&facts, &argv);
	FIND(&argv, "-machine", "q35");
	port = FIND(&argv, "-device", "pcie-root-port", "id=port1", "bus=pcie.0", "chassis=1",
		    "slot=1");
	assert_non_null(port);
	FIND(&argv, "-device", "pcie-root-port", "id=port2", "chassis=2", "slot=2");
	FIND(&argv, "-device", "vfio-pci", "host=0000:01:00.0", "id=hostdev-gpu", "bus=port1",
	     "addr=0x0", "multifunction=on");
	FIND(&argv, "-device", "vfio-pci", "host=0000:01:00.1", "id=hostdev-audio", "bus=port1",
	     "addr=0x0.0x1");
	/* Alone it is function 0, whatever it is on the host. */
	lone = FIND(&argv, "-device", "vfio-pci", "host=0000:02:00.3", "bus=port2", "addr=0x0");
	assert_false(has(lone, "multifunction=on"));
	assert_int_equal(count_of(&argv, "-device"), 5);
	/* A port stands before what is behind it, the card's function 0 before the others. */
	assert_true(place_of(&argv, "id=port1") < place_of(&argv, "bus=port1"));
	assert_true(place_of(&argv, "hostdev-gpu") < place_of(&argv, "hostdev-audio"));
	strv_release(&argv);
}

static void hostdev_options(void **state)
{
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &plain_firmware };
	struct strv argv = { 0 };

	(void)state;
	argv_of("[guest]\nmemory=1G\n[firmware]\ncode=/f\n"
		"[hostdev a]\naddress=01:00.0\nromfile=/my,rom\n"
		"[hostdev b]\naddress=01:00.1\nrombar=no\n[hostdev c]\naddress=10000:02:00.0\n",
		&facts, &argv);
	assert_true(strv_has(&argv, "vfio-pci,host=0000:01:00.0,id=hostdev-a,romfile=/my,,rom"));
	FIND(&argv, "-device", "host=0000:01:00.1", "rombar=0");
	FIND(&argv, "-device", "sysfsdev=/sys/bus/pci/devices/10000:02:00.0", "id=hostdev-c");
	strv_release(&argv);
}

/* What no example asks for, or not in this way. */
static void rare_choices(void **state)
{
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &plain_firmware };
	struct strv argv = { 0 };

	(void)state;
	argv_of("[guest]\nmemory=1G\n[firmware]\ncode=/f\n[hostdev a]\naddress=01:00.0\nx-vga=yes\n"
		"[memory]\nhugepages=2M\npath=/huge,pages\n[looking-glass]\ntype=kvmfr\nsize=32M\n"
		"[extra a]\noption=-device\nvalue=any,thing=1\n[extra b]\noption=-no-reboot\n",
		&facts, &argv);
	FIND(&argv, "-device", "host=0000:01:00.0", "x-vga=on");
	FIND(&argv, "-object", "memory-backend-file", "mem-path=/huge,,pages", "prealloc=on");
	FIND(&argv, "-object", "memory-backend-file", "id=looking-glass", "mem-path=/dev/kvmfr0",
	     "size=32M", "share=on");
	assert_string_equal(argv.items[argv.count - 2], "any,thing=1");
	assert_string_equal(argv.items[argv.count - 1], "-no-reboot");
	strv_release(&argv);
}

/* vhost is for virtio on a tap, where the kernel has it or the file insists. */
static void vhost(void **state)
{
	static const struct {
		const char *net;
		bool have_vhost;
		const char *netdev;
	} cases[] = {
		{ "bridge=b\nmodel=virtio\n", true, "tap,id=net-n,fd=96,vhost=on,vhostfd=97" },
		{ "bridge=b\nmodel=virtio\n", false, "tap,id=net-n,fd=96" },
		{ "bridge=b\nmodel=virtio\nvhost=no\n", true, "tap,id=net-n,fd=96" },
		{ "tap=t\nmodel=virtio\nvhost=yes\n", false, "tap,id=net-n,fd=96,vhost=on,vhostfd=97" },
		{ "tap=t\n", true, "tap,id=net-n,fd=96" },
		{ "user=yes\nmodel=virtio\n", true, "user,id=net-n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct qemu_facts facts = { .have_kvm = true, .have_vhost = cases[i].have_vhost,
						  .firmware = &plain_firmware };
		_cleanup_free_ char *text = xasprintf(
			"[guest]\nmemory=1G\n[firmware]\ncode=/f\n[net n]\n%s", cases[i].net);
		struct strv argv = { 0 };

		argv_of(text, &facts, &argv);
		assert_string_equal(value_of(&argv, "-netdev", 0), cases[i].netdev);
		strv_release(&argv);
	}
}

static void disks(void **state)
{
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &plain_firmware };
	struct strv argv = { 0 };

	(void)state;
	argv_of("[guest]\nmemory=1G\n[firmware]\ncode=/f\n"
		"[disk v]\nfile=/a,b\nformat=qcow2\ninterface=virtio\nreadonly=yes\n"
		"[disk s]\nfile=/s\ninterface=sata\n[disk t]\nfile=/t\ninterface=sata\n",
		&facts, &argv);
	assert_true(strv_has(&argv, "if=none,id=disk-v,format=qcow2,readonly=on,file=/a,,b"));
	FIND(&argv, "-device", "virtio-blk-pci", "drive=disk-v");
	FIND(&argv, "-device", "ich9-ahci", "id=sata");
	FIND(&argv, "-device", "ide-hd", "drive=disk-s", "bus=sata.0");
	FIND(&argv, "-device", "ide-hd", "drive=disk-t", "bus=sata.1");
	assert_int_equal(count_of(&argv, "-device"), 4);
	strv_release(&argv);
}

static void accelerators(void **state)
{
	static const struct {
		const char *keys;
		bool have_kvm;
		const char *machine, *cpu;
	} cases[] = {
		{ "", true, "pc,accel=kvm", "host" },
		{ "", false, "pc,accel=kvm", "host" },
		{ "accel=auto\n", true, "pc,accel=kvm", "host" },
		{ "accel=auto\n", false, "pc,accel=tcg", "max" },
		{ "accel=tcg\nkernel-irqchip=split\n", true, "pc,accel=tcg", "max" },
		{ "kernel-irqchip=split\n", true, "pc,accel=kvm,kernel-irqchip=split", "host" },
		{ "kernel-irqchip=on\n", true, "pc,accel=kvm,kernel-irqchip=on", "host" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct qemu_facts facts = { .have_kvm = cases[i].have_kvm,
						  .firmware = &plain_firmware };
		_cleanup_free_ char *text = xasprintf(BASE, cases[i].keys);
		struct strv argv = { 0 };

		argv_of(text, &facts, &argv);
		assert_string_equal(value_of(&argv, "-machine", 0), cases[i].machine);
		assert_string_equal(value_of(&argv, "-cpu", 0), cases[i].cpu);
		strv_release(&argv);
	}
}

static void hidden_hypervisor(void **state)
{
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &plain_firmware };
	struct strv argv = { 0 };
	const char *id;

	(void)state;
	argv_of("[guest]\nmemory=1G\n[cpu]\nhide-hypervisor=yes\n[firmware]\ncode=/f\n", &facts,
		&argv);
	FIND(&argv, "-cpu", "host", "kvm=off");
	id = strstr(value_of(&argv, "-cpu", 0), "hv-vendor-id=");
	assert_non_null(id);
	assert_true(strlen(id) - strlen("hv-vendor-id=") <= 12);
	strv_release(&argv);
}

static void two_flashes(void **state)
{
	const struct firmware firmware = { .code = (char *)"/usr/share/CODE.qcow2",
					   .code_format = "qcow2",
					   .vars = (char *)"/var/lib/win_VARS.fd",
					   .vars_format = "raw" };
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &firmware };
	const struct qemu_facts none = { .have_kvm = true };
	struct strv argv = { 0 }, without = { 0 };

	(void)state;
	argv_of("[guest]\nmemory=1G\n[firmware]\ncode=auto\nvars=auto\n", &facts, &argv);
	FIND(&argv, "-drive", "if=pflash", "unit=0", "readonly=on", "format=qcow2",
	     "file=/usr/share/CODE.qcow2");
	assert_false(has(FIND(&argv, "-drive", "if=pflash", "unit=1", "format=raw",
			      "file=/var/lib/win_VARS.fd"),
			 "readonly=on"));
	argv_of("[guest]\nmemory=1G\n[firmware]\ncode=auto\n", &none, &without);
	assert_int_equal(count_of(&without, "-drive"), 0);
	strv_release(&argv);
	strv_release(&without);
}

static void consoles(void **state)
{
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &plain_firmware };
	struct strv argv = { 0 };

	(void)state;
	argv_of("[guest]\nmemory=1G\n[firmware]\ncode=/f\n[net n]\nuser=yes\nmodel=virtio\n"
		"mac=52:54:00:00:00:01\n[spice]\npassword-file=/p,w\nlisten=::1\n"
		"[monitor]\nunix=/run/m,n\n[serial a]\n[serial b]\ntype=stdio\n"
		"[serial c]\ntype=unix\npath=/run/s\n[serial d]\ntype=file\npath=/log\n",
		&facts, &argv);
	FIND(&argv, "-netdev", "user", "id=net-n");
	FIND(&argv, "-device", "virtio-net-pci", "netdev=net-n", "mac=52:54:00:00:00:01");
	assert_true(strv_has(&argv, "secret,id=spice-password,file=/p,,w"));
	FIND(&argv, "-spice", "port=5900", "addr=::1", "password-secret=spice-password");
	assert_true(strv_has(&argv, "socket,id=monitor,path=/run/m,,n,server=on,wait=off"));
	FIND(&argv, "-chardev", "pty", "id=serial-a");
	FIND(&argv, "-chardev", "stdio", "id=serial-b");
	FIND(&argv, "-chardev", "socket", "id=serial-c", "path=/run/s", "server=on", "wait=off");
	FIND(&argv, "-chardev", "file", "id=serial-d", "path=/log");
	assert_string_equal(value_of(&argv, "-serial", 3), "chardev:serial-d");
	assert_false(strv_has(&argv, "-display"));
	strv_release(&argv);
}

static void no_display(void **state)
{
	const struct qemu_facts facts = { .have_kvm = true, .firmware = &plain_firmware };
	struct strv argv = { 0 };

	(void)state;
	argv_of("[guest]\nmemory=1G\n[firmware]\ncode=/f\n", &facts, &argv);
	assert_string_equal(value_of(&argv, "-vga", 0), "none");
	assert_string_equal(value_of(&argv, "-display", 0), "none");
	strv_release(&argv);
}

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	dirfd = open(directory, O_RDONLY | O_DIRECTORY);
	return dirfd < 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlinkat(dirfd, "win.conf", 0);
	close(dirfd);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reference_guest), cmocka_unit_test(q35_functions),
		cmocka_unit_test(hostdev_options),
		cmocka_unit_test(rare_choices),
		cmocka_unit_test(vhost), cmocka_unit_test(disks),
		cmocka_unit_test(accelerators),	   cmocka_unit_test(hidden_hypervisor),
		cmocka_unit_test(two_flashes),	   cmocka_unit_test(consoles),
		cmocka_unit_test(no_display),
	};

	return cmocka_run_group_tests_name("qemu-argv", tests, make_directory, remove_directory);
}
