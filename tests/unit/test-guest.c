/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "launch/guest-keys.h"
#include "launch/guest.h"
#include "launch/preflight.h"

/* The least that is a guest: four lines. */
#define BASE "[guest]\nmemory=1G\n[firmware]\ncode=auto\n"

static char directory[] = "/tmp/vfioadm-guest.XXXXXX";
static int dirfd = -1;

static int load(const char *text, struct guest *guest, struct error *err)
{
	int fd = openat(dirfd, "win.conf", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return guest_load(dirfd, "win.conf", guest, err);
}

static void load_good(const char *text, struct guest *guest)
{
	struct error err;

	if (load(text, guest, &err) != 0)
		fail_msg("%s", err.msg);
}

/* Refused with a message that starts so and has the other words as well; nothing is left over. */
static void refused(const char *text, const char *start, const char *also)
{
	static const struct guest empty;
	struct guest guest;
	struct error err;

	if (load(text, &guest, &err) == 0)
		fail_msg("accepted, but expected: %s ... %s", start, also);
	assert_int_equal(err.code, -EINVAL);
	if (strncmp(err.msg, start, strlen(start)) != 0 || !strstr(err.msg, also))
		fail_msg("\"%s\" is not \"%s ... %s\"", err.msg, start, also);
	assert_memory_equal(&guest, &empty, sizeof(guest));
}

static void defaults(void **state)
{
	struct guest guest;

	(void)state;
	load_good(BASE, &guest);
	assert_string_equal(guest.name, "win");
	assert_string_equal(guest.file, "win.conf");
	assert_string_equal(guest.board.memory.text, "1G");
	assert_int_equal(guest.board.memory.bytes, UINT64_C(1) << 30);
	assert_string_equal(guest.board.qemu, "qemu-system-x86_64");
	assert_int_equal(guest.board.machine, GUEST_MACHINE_PC);
	assert_int_equal(guest.board.accel, GUEST_ACCEL_KVM);
	assert_int_equal(guest.board.kernel_irqchip, GUEST_IRQCHIP_DEFAULT);
	assert_int_equal(guest.board.vga, GUEST_VGA_NONE);
	assert_string_equal(guest.cpu.model, "host");
	assert_int_equal(guest.cpu.cores, 1);
	assert_false(guest.cpu.hide_hypervisor);
	assert_string_equal(guest.firmware.vars.text, "none");
	assert_int_equal(guest.spice.at.line, 0);
	assert_int_equal(guest.monitor.at.line, 0);
	guest_release(&guest);
}

/* The enums of guest.h against the words of the table, one by one. */
static void choices(void **state)
{
	struct guest guest;

	(void)state;
	load_good("[guest]\nmemory=3000M\nmachine=q35\nrtc=localtime\naccel=tcg\n"
		  "kernel-irqchip=split\nvga=qxl\nqemu=/opt/qemu\n[firmware]\ncode=/f\nvars=/v\n"
		  "[disk a]\nfile=/a\nformat=qcow2\ninterface=virtio\nreadonly=yes\n"
		  "[disk b]\nfile=/b\ninterface=sata\n"
		  "[hostdev g]\naddress=0000:01:00.0\nromfile=/r\nrombar=no\n"
		  "[net n]\nuser=yes\nmodel=e1000e\nmac=52:54:00:12:34:56\n"
		  "[net m]\nbridge=br0\nmodel=virtio\n"
		  "[spice]\nticketing=on\npassword-file=/p\nlisten=::1\nport=5901\n"
		  "[monitor]\nunix=/m\n[serial f]\ntype=file\npath=/s\n",
		  &guest);
	assert_int_equal(guest.board.memory.bytes, UINT64_C(3000) << 20);
	assert_int_equal(guest.board.machine, GUEST_MACHINE_Q35);
	assert_int_equal(guest.board.rtc, GUEST_RTC_LOCALTIME);
	assert_int_equal(guest.board.accel, GUEST_ACCEL_TCG);
	assert_int_equal(guest.board.kernel_irqchip, GUEST_IRQCHIP_SPLIT);
	assert_int_equal(guest.board.vga, GUEST_VGA_QXL);
	assert_string_equal(guest.board.qemu, "/opt/qemu");
	assert_string_equal(guest.firmware.vars.text, "/v");
	assert_int_equal(guest.firmware.vars.line, 11);
	assert_int_equal(guest.disk_count, 2);
	assert_string_equal(guest.disks[0].at.name, "a");
	assert_int_equal(guest.disks[0].format, GUEST_FORMAT_QCOW2);
	assert_int_equal(guest.disks[0].interface, GUEST_INTERFACE_VIRTIO);
	assert_true(guest.disks[0].readonly);
	assert_int_equal(guest.disks[1].interface, GUEST_INTERFACE_SATA);
	assert_int_equal(guest.hostdevs[0].address.bus, 1);
	assert_int_equal(guest.hostdevs[0].rombar, GUEST_ROMBAR_NO);
	assert_string_equal(guest.hostdevs[0].romfile.text, "/r");
	assert_int_equal(guest.nets[0].model, GUEST_NIC_E1000E);
	assert_int_equal(guest.nets[1].model, GUEST_NIC_VIRTIO);
	assert_string_equal(guest.nets[1].bridge, "br0");
	assert_int_equal(guest.spice.port, 5901);
	assert_string_equal(guest.monitor.unix_path.text, "/m");
	assert_int_equal(guest.serials[0].type, GUEST_SERIAL_FILE);
	guest_release(&guest);
	guest_release(&guest);
}

static void unknown_words(void **state)
{
	(void)state;
	refused("[guest]\nmem0ry=1G\n", "win.conf:2: mem0ry: unknown key", "did you mean memory?");
	refused(BASE "[hostdve gpu]\n", "win.conf:5: [hostdve]: unknown section",
		"did you mean hostdev?");
	refused(BASE "[banana]\n", "win.conf:5: [banana]", "known are guest, memory, cpu,");
	refused("[guest]\nzzz=1\n", "win.conf:2: zzz: unknown key in [guest]", "machine, rtc");
	refused("memory=1G\n", "win.conf:1: memory: stands before", "");
	refused(BASE "word\n", "win.conf:5: ", "");
}

static void sections(void **state)
{
	char many[2000] = BASE;

	(void)state;
	refused(BASE "[disk]\nfile=/a\n", "win.conf:5: [disk]: needs a name", "[disk first]");
	refused(BASE "[cpu fast]\n", "win.conf:5: [cpu fast]: write [cpu]", "no name");
	refused(BASE "[disk a,b]\n", "win.conf:5: [disk a,b]: bad name", "letter");
	refused(BASE "[disk a b]\n", "win.conf:5: [disk a b]: bad name", "");
	refused(BASE "[cpu]\n[cpu]\n", "win.conf:6: [cpu]: is there already", "line 5");
	refused(BASE "[disk a]\nfile=/a\n[disk a]\nfile=/b\n", "win.conf:7: [disk a]", "line 5");
	refused(BASE "[cpu]\ncores=2\ncores=2\n", "win.conf:7: cores: given twice", "[cpu]");
	for (int i = 0; i < 17; i++)
		sprintf(many + strlen(many), "[disk d%d]\nfile=/%d\ninterface=virtio\n", i, i);
	refused(many, "win.conf:53: [disk d16]: more than 16", "");
}

static void missing(void **state)
{
	struct guest guest;
	struct error err;

	(void)state;
	refused("[firmware]\ncode=auto\n", "win.conf: [guest] with memory= is missing", "");
	refused("[guest]\nrtc=utc\n[firmware]\ncode=auto\n", "win.conf:1: [guest]: memory= is", "");
	refused("[guest]\nmemory=1G\n", "win.conf: [firmware] with code= is missing", "");
	refused("", "win.conf: [guest]", "");
	refused(BASE "[disk system]\n", "win.conf:5: [disk system]: file= is missing", "");
	refused(BASE "[cdrom c]\n", "win.conf:5: [cdrom c]: file= is missing", "");
	refused(BASE "[hostdev gpu]\n", "win.conf:5: gpu: needs either address=", "ids=");
	refused(BASE "[net lan]\n", "win.conf:5: lan: needs either bridge", "");
	refused(BASE "[net lan]\nbridge=b\nuser=yes\n", "win.conf:5: lan: needs either", "");
	refused(BASE "[monitor]\n", "win.conf:5: needs either telnet", "");
	refused(BASE "[serial s]\ntype=unix\n", "win.conf:5: s: this type needs path=", "");
	assert_int_equal(guest_load(dirfd, "absent.conf", &guest, &err), -ENOENT);
	assert_string_equal(err.msg, "absent.conf: cannot be read: No such file or directory");
}

static void values(void **state)
{
	static const struct {
		const char *line, *expected;
	} bad[] = {
		{ "[disk a]\nfile=images/a", "path that starts with /" },
		{ "[disk a]\nfile=", "path that starts with /" },
		{ "[disk a]\nfile=/dir/", "path that starts with /" },
		{ "[disk a]\nformat=vmdk", "expected raw|qcow2" },
		{ "[hostdev g]\naddress=1:00.0", "a PCI address" },
		{ "[hostdev g]\naddress=01:00", "a PCI address" },
		{ "[hostdev g]\naddress=01:20.0", "a PCI address" },
		{ "[hostdev g]\naddress=01:00.8", "a PCI address" },
		{ "[cpu]\ncores=0", "1 to 255" },
		{ "[cpu]\ncores=-1", "1 to 255" },
		{ "[cpu]\ncores=256", "1 to 255" },
		{ "[cpu]\nhide-hypervisor=maybe", "yes or no" },
		{ "[cpu]\nmodel=host,kvm=off", "letter" },
		{ "[net n]\nbridge=br0,x", "bridge" },
		{ "[net n]\nbridge=sixteen-letters0", "15 letters" },
		{ "[net n]\nmac=53:54:00:12:34:56", "52:54:00" },
		{ "[net n]\nmac=52:54:00:12:34", "52:54:00" },
		{ "[net n]\nmac=52:54:00:12:34:56:78", "52:54:00" },
		{ "[net n]\nmac=5", "52:54:00" },
		{ "[net n]\nmodel=rtl8139", "e1000|virtio|e1000e" },
		{ "[spice]\nport=0", "1 to 65535" },
		{ "[spice]\nport=65536", "1 to 65535" },
		{ "[spice]\nport=5900x", "1 to 65535" },
		{ "[spice]\nlisten=a b", "IP address" },
		{ "[monitor]\ntelnet=12997", "ADDRESS:PORT" },
		{ "[monitor]\ntelnet=:12997", "ADDRESS:PORT" },
		{ "[monitor]\ntelnet=::1:12997", "ADDRESS:PORT" },
		{ "[monitor]\ntelnet=[::1:12997", "ADDRESS:PORT" },
		{ "[monitor]\ntelnet=h,ost:1", "ADDRESS:PORT" },
	};
	static const char *const sizes[] = { "3000", "M", "0M", "-1M", "3.5G", "3T", "3 G", "3GB" };
	char text[300];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), BASE "%s\n", bad[i].line);
		refused(text, "win.conf:6: ", bad[i].expected);
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		snprintf(text, sizeof(text), "[guest]\nmemory=%s\n", sizes[i]);
		refused(text, "win.conf:2: memory=", "such as 3000M");
	}
	refused("[guest]\nqemu=../qemu\n", "win.conf:2: qemu=", "starts with /");
	refused("[firmware]\ncode=OVMF.fd\n", "win.conf:2: code=OVMF.fd", "auto or a file's path");
}

static void contradictions(void **state)
{
	(void)state;
	refused(BASE "[hostdev a]\naddress=01:00.0\n[hostdev b]\naddress=0000:01:00.0\n",
		"win.conf:7: 0000:01:00.0: already given", "line 5");
	refused(BASE "[disk a]\nfile=/a\nreadonly=yes\n", "win.conf:5: a: readonly", "virtio");
	refused(BASE "[disk a]\nfile=/a\n[disk b]\nfile=/b\n[disk c]\nfile=/c\n[cdrom d]\nfile=/d\n"
		     "[cdrom e]\nfile=/e\n",
		"win.conf: 5 disks and CD-ROMs", "4 ports");
	refused(BASE "[serial a]\ntype=stdio\n[serial b]\ntype=stdio\n", "win.conf:7: b: only one",
		"");
	refused(BASE "[spice]\n", "win.conf:5: ticketing asks", "password-file");
	refused(BASE "[spice]\nticketing=off\npassword-file=/p\n", "win.conf:5: password-file", "");
}

/* Every other rule between keys, by what the message says. */
static void rules(void **state)
{
	static const struct {
		const char *text, *start, *also;
	} cases[] = {
		{ "[memory]\npath=/dev/hugepages\n", "win.conf:6: path=", "hugepages=2M or 1G" },
		{ "[cpu]\ncores=2\npin=1\n", "win.conf:7: pin=1: names 1", "the guest has 2" },
		{ "[cpu]\nvendor-id=x\n", "win.conf:5: vendor-id=", "hide-hypervisor=yes" },
		{ "[disk a]\nfile=/a\ninterface=sata\nreadonly=yes\n", "win.conf:5: a: readonly", "nvme" },
		{ "[disk a]\nfile=/a\niothread=yes\n", "win.conf:5: a: iothread", "virtio" },
		{ "[disk a]\nfile=/a\naio=native\n", "win.conf:5: a: aio=native", "cache=none" },
		{ "[disk a]\nfile=/a\n[disk b]\nfile=/a\n", "win.conf:7: b: file=", "another" },
		{ "[disk a]\nfile=/a\nboot=1\n[cdrom b]\nfile=/b\nboot=1\n", "win.conf:8: b: boot=1",
		  "2 devices" },
		{ "[hostdev a]\naddress=01:00.0\nids=1002:5159\n", "win.conf:5: a: needs either", "ids" },
		{ "[net n]\nbridge=b\ntap=t\n", "win.conf:5: n: needs either", "tap=NAME" },
		{ "[net n]\nbridge=b\nforward=tcp:1:2\n", "win.conf:5: n: forward=", "user=yes" },
		{ "[net n]\ntap=t\nvhost=yes\n", "win.conf:5: n: vhost=yes", "model=virtio" },
		{ "[net n]\nuser=yes\nmodel=virtio\nvhost=yes\n", "win.conf:5: n: vhost=yes", "bridge=" },
		{ "[net n]\nuser=yes\nforward=tcp:0.0.0.0:1:2\n", "win.conf:7: forward=", "allow-remote" },
		{ "[usb u]\n", "win.conf:5: u: needs either ids=", "port=" },
		{ "[usb u]\ntype=tablet\nport=1-2\n", "win.conf:5: u: ids= and port=", "type=host" },
		{ "[audio]\ndriver=spice\n", "win.conf:5: driver=spice", "[spice]" },
		{ "[audio]\nserver=/s\n", "win.conf:5: server=", "driver=pa" },
		{ "[looking-glass]\nsize=48M\n", "win.conf:5: size=", "power of two" },
		{ "[vnc]\nport=5899\n", "win.conf:5: port=", "5900" },
		{ "[vnc]\nlisten=0.0.0.0\n", "win.conf:6: listen=0.0.0.0", "without a password" },
		{ "[spice]\nticketing=off\n[vnc]\n", "win.conf:7: port=", "[spice]" },
		{ "[vnc]\n[monitor]\ntelnet=127.0.0.1:5900\n", "win.conf:6: telnet=", "screen" },
		{ "[cpu]\niothread-pin=1\n[disk a]\nfile=/a\n", "win.conf:6: iothread-pin=1",
		  "iothread=yes" },
		{ "[share a]\npath=/a\n[share b]\npath=/b\ntag=a\n", "win.conf:7: b: the tag",
		  "another [share]" },
		{ "[share a]\npath=/a\ntag=a123456789012345678901234567890123456\n",
		  "win.conf:5: a: the tag", "36" },
		{ "[share s]\n", "win.conf:5: [share s]: path= is missing", "" },
		{ "[extra e]\noption=device\n", "win.conf:6: option=device", "-device" },
	};
	struct guest guest;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = xasprintf(BASE "%s", cases[i].text);

		refused(text, cases[i].start, cases[i].also);
	}
	refused("[guest]\nmemory=1025M\n[firmware]\ncode=auto\n[memory]\nhugepages=2M\n",
		"win.conf:5: [memory]", "whole number");
	refused(BASE "secure-boot=yes\nvars=auto\n", "win.conf:3: secure-boot=yes", "machine=q35");
	refused("[guest]\nmemory=1G\nmachine=q35\n[firmware]\ncode=auto\nsecure-boot=yes\n",
		"win.conf:4: secure-boot=yes", "vars=auto");
	/* What only looks like one of these. */
	load_good(BASE "[disk a]\nfile=/a\ninterface=virtio\nreadonly=yes\n"
		       "[disk b]\nfile=/a\ninterface=virtio\nreadonly=yes\n"
		       "[net n]\nuser=yes\nforward=tcp:0.0.0.0:1:2\nallow-remote=yes\n"
		       "[spice]\nticketing=off\nunix=/s\n[vnc]\nlisten=::1\n",
		  &guest);
	guest_release(&guest);
}

static void remote_access(void **state)
{
	static const char *const remote[] = { "0.0.0.0",       "192.168.1.1", "[::]",
					      "[2001:db8::1]", "desk",	      "128.0.0.1" };
	static const char *const local[] = { "127.0.0.1", "127.9.9.9", "[::1]", "localhost" };
	struct guest guest;
	char text[300];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(remote); i++) {
		snprintf(text, sizeof(text), BASE "[monitor]\ntelnet=%s:12997\n", remote[i]);
		refused(text, "win.conf:6: telnet=", "without a password");
		strcat(text, "allow-remote=yes\n");
		load_good(text, &guest);
		guest_release(&guest);
	}
	for (size_t i = 0; i < ARRAY_SIZE(local); i++) {
		snprintf(text, sizeof(text), BASE "[monitor]\ntelnet=%s:12997\n", local[i]);
		load_good(text, &guest);
		assert_int_equal(guest.monitor.telnet.port, 12997);
		guest_release(&guest);
	}
	refused(BASE "[spice]\nlisten=0.0.0.0\nticketing=off\n", "win.conf:6: listen=0.0.0.0",
		"without a password");
	refused(BASE "[spice]\nlisten=0.0.0.0\npassword-file=/p\n", "win.conf:6: listen=0.0.0.0",
		"allow-remote=yes");
	load_good(BASE "[spice]\nlisten=0.0.0.0\npassword-file=/p\nallow-remote=yes\n", &guest);
	guest_release(&guest);
}

static void bad_name(void **state)
{
	struct guest guest;
	struct error err;

	(void)state;
	assert_int_equal(guest_load(dirfd, "my guest.conf", &guest, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "\"my guest\""));
}

static void typed_path(void **state)
{
	static const char *const pairs[][2] = {
		{ "win", SYSCONFDIR "/vfioadm/guests/win.conf" },
		{ "win.conf", SYSCONFDIR "/vfioadm/guests/win.conf" },
		{ "./win.conf", "./win.conf" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		_cleanup_free_ char *path = guest_file_path(pairs[i][0]);

		assert_string_equal(path, pairs[i][1]);
	}
}

static void trust(void **state)
{
	struct guest guest;
	struct error err;

	(void)state;
	load_good(BASE, &guest);
	guest_release(&guest);
	assert_int_equal(config_file_trusted(dirfd, "absent.conf", "QEMU", &err), -ENOENT);
	if (geteuid() != 0) {
		assert_int_equal(config_file_trusted(dirfd, "win.conf", "QEMU", &err), -EPERM);
		return;
	}
	assert_int_equal(config_file_trusted(dirfd, "win.conf", "QEMU", &err), 0);
	assert_int_equal(fchmodat(dirfd, "win.conf", 0620, 0), 0);
	assert_int_equal(config_file_trusted(dirfd, "win.conf", "QEMU", &err), -EPERM);
	assert_non_null(strstr(err.msg, "chmod go-w win.conf"));
	assert_int_equal(fchmodat(dirfd, "win.conf", 0600, 0), 0);
	assert_int_equal(fchownat(dirfd, "win.conf", 1, 0, 0), 0);
	assert_int_equal(config_file_trusted(dirfd, "win.conf", "QEMU", &err), -EPERM);
	assert_non_null(strstr(err.msg, "belongs to user 1"));
	assert_int_equal(fchownat(dirfd, "win.conf", 0, 0, 0), 0);
	/* Who can write the directory can replace the file. */
	assert_int_equal(fchmod(dirfd, 0777), 0);
	assert_int_equal(config_file_trusted(dirfd, "win.conf", "QEMU", &err), -EPERM);
	assert_int_equal(fchmod(dirfd, 0700), 0);
}

/* What the program prints about keys is complete, and every default is a good value. */
static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < guest_format.count; i++) {
		const struct config_section *section = &guest_format.sections[i];

		assert_non_null(section->help);
		assert_true(section->keys->count < 32);
		for (size_t k = 0; k < section->keys->count; k++) {
			const struct config_key *key = &section->keys->items[k];

			assert_non_null(key->help);
			assert_false(key->required && key->fallback);
			assert_true(key->type != VALUE_CHOICE || key->choices);
			assert_ptr_equal(config_key_find(section, key->key), key);
		}
	}
}

static bool some_starts(const struct strv *problems, const char *start)
{
	for (size_t i = 0; i < problems->count; i++)
		if (strncmp(problems->items[i], start, strlen(start)) == 0)
			return true;
	return false;
}

static void preflight(void **state)
{
	struct finding_list findings = { 0 };
	struct strv problems = { 0 };
	struct guest guest;
	char text[600];

	(void)state;
	snprintf(text, sizeof(text),
		 "[guest]\nmemory=1G\naccel=tcg\nqemu=sh\n[firmware]\ncode=%s/win.conf\n"
		 "[disk a]\nfile=%s/win.conf\n[hostdev g]\naddress=01:00.0\nromfile=%s/win.conf\n",
		 directory, directory, directory);
	load_good(text, &guest);
	struct firmware firmware = { .code = guest.firmware.code.text, .code_format = "raw" };

	launch_preflight(&guest, &firmware, &problems, &findings);
	if (problems.count > 0)
		fail_msg("%s", problems.items[0]);
	guest_release(&guest);

	load_good(
		"[guest]\nmemory=1G\naccel=tcg\nqemu=no-such-qemu\n[firmware]\ncode=/absent/code\n"
		"[disk a]\nfile=/absent/disk\n[cdrom b]\nfile=/tmp\n"
		"[hostdev g]\naddress=01:00.0\nromfile=/absent/rom\n",
		&guest);
	firmware.code = guest.firmware.code.text;
	launch_preflight(&guest, &firmware, &problems, &findings);
	assert_int_equal(problems.count, 5);
	assert_true(some_starts(&problems, "no-such-qemu: no such program: "));
	assert_true(some_starts(&problems, "win.conf:6: /absent/code: cannot be read: No such"));
	assert_true(some_starts(&problems, "win.conf:8: /absent/disk: is not there: to make an empty one, run   mkdir -p /absent && qemu-img create"));
	assert_true(some_starts(&problems, "win.conf:10: /tmp: cannot be read: Is a directory"));
	assert_true(some_starts(&problems, "win.conf:13: /absent/rom: cannot be read: No such"));
	guest_release(&guest);
	strv_release(&problems);
	finding_list_release(&findings);
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
		cmocka_unit_test(defaults),	  cmocka_unit_test(choices),
		cmocka_unit_test(unknown_words),  cmocka_unit_test(sections),
		cmocka_unit_test(missing),	  cmocka_unit_test(values),
		cmocka_unit_test(contradictions), cmocka_unit_test(rules),
		cmocka_unit_test(remote_access),
		cmocka_unit_test(bad_name),	  cmocka_unit_test(typed_path),
		cmocka_unit_test(trust),	  cmocka_unit_test(table),
		cmocka_unit_test(preflight),
	};

	return cmocka_run_group_tests_name("guest", tests, make_directory, remove_directory);
}
