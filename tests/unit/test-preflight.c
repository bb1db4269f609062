/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "launch/bridge-acl.h"
#include "launch/guest-access.h"
#include "launch/image-lock.h"
#include "launch/preflight-parts.h"
#include "support/tree.h"

#define BASE "[guest]\nmemory=1G\n[firmware]\ncode=auto\n"
#define IOTHREAD "[disk d]\nfile=/d\ninterface=virtio\niothread=yes\n"

static struct tree *tree;
static struct guest guest;
static struct strv problems;
static struct finding_list findings;

static int begin(void **state)
{
	(void)state;
	tree = tree_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	guest_release(&guest);
	strv_release(&problems);
	finding_list_release(&findings);
	tree_free(tree);
	return 0;
}

/* The guest of this file; what was found about the one before is forgotten. */
static void load(const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/win.conf", tree_path(tree));
	struct error err;

	guest_release(&guest);
	strv_release(&problems);
	finding_list_release(&findings);
	tree_write(tree, "win.conf", text);
	if (guest_load(AT_FDCWD, path, &guest, &err) != 0)
		fail_msg("%s", err.msg);
}

static void expect_problem(const char *part)
{
	if (problems.count != 1)
		fail_msg("%zu problems, but expected: %s", problems.count, part);
	if (!strstr(problems.items[0], part))
		fail_msg("\"%s\" has no \"%s\"", problems.items[0], part);
}

/* As QEMU locks: for reading, on single bytes. */
static void lock(int fd, off_t byte)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
}

static int image_conflict(off_t byte, bool writes)
{
	_cleanup_free_ char *path = xasprintf("%s/image", tree_path(tree));
	_cleanup_close_ int fd = -1;

	tree_write(tree, "image", "x");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	if (byte)
		lock(fd, byte);
	return image_lock_conflicts(path, writes);
}

static void image_locks(void **state)
{
	(void)state;
	assert_int_equal(image_conflict(0, true), 0);
	assert_int_equal(image_conflict(101, true), 1);	 /* somebody writes */
	assert_int_equal(image_conflict(101, false), 1); /* and a reader would see it half done */
	assert_int_equal(image_conflict(201, true), 1);	 /* somebody suffers no writer */
	assert_int_equal(image_conflict(201, false), 0); /* but readers */
	assert_int_equal(image_conflict(200, false), 1);
	assert_int_equal(image_conflict(100, true), 0);	 /* a reader that suffers all */
	assert_int_equal(image_lock_conflicts("/no/such/image", true), -ENOENT);
}

static void images(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/image", tree_path(tree));
	_cleanup_free_ char *text =
		xasprintf(BASE "[disk a]\nfile=%s\ninterface=virtio\nreadonly=yes\n", path);
	_cleanup_close_ int fd = -1;

	(void)state;
	tree_write(tree, "image", "x");
	load(text);
	preflight_images(&guest, &problems);
	assert_int_equal(problems.count, 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	lock(fd, 201);
	preflight_images(&guest, &problems);
	assert_int_equal(problems.count, 0);
	lock(fd, 101);
	preflight_images(&guest, &problems);
	expect_problem("image: is in use by another QEMU");
	assert_non_null(strstr(problems.items[0], "win.conf:6: "));
}

static void memory(void **state)
{
	static const char hostdev[] = BASE "[hostdev g]\naddress=01:00.0\n";

	(void)state;
	tree_write(tree, "proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable:    1048576 kB\n");
	load(hostdev);
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(findings.count, 0);
	tree_write(tree, "proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable:    1048575 kB\n");
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].id, FINDING_MEMORY_LOW);
	assert_non_null(strstr(findings.items[0].message, "1G"));
	assert_non_null(strstr(findings.items[0].message, "1023 MiB"));
	/* Without a device nothing is locked, and the host can swap. */
	load(BASE);
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(problems.count, 0);
}

static void huge_pages(void **state)
{
	static const char small[] = "sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages";

	(void)state;
	load(BASE "[memory]\nhugepages=2M\n");
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	expect_problem("win.conf:5: hugepages=2M: this host has no huge pages of that size");
	load(BASE "[memory]\nhugepages=2M\n");
	tree_write(tree, small, "511\n");
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	expect_problem("needs 512 of them, and 511 are free: write a larger number to "
		       "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
	load(BASE "[memory]\nhugepages=2M\n");
	tree_write(tree, small, "512\n");
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(problems.count, 0);
	load(BASE "[memory]\nhugepages=1G\n");
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	expect_problem("hugepages=1G");
	load(BASE "[memory]\nhugepages=2M\npath=/tmp\n");
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	expect_problem("win.conf:7: path=/tmp: is no file system of huge pages of this size");
	load(BASE "[memory]\nhugepages=2M\npath=/no/such/mount\n");
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	expect_problem("win.conf:7: path=/no/such/mount: No such file");
}

static void pins(void **state)
{
	(void)state;
	tree_write(tree, "sys/devices/system/cpu/online", "0-3,6\n");
	load(BASE "[cpu]\ncores=2\npin=6,3\nemulator-pin=0-1\niothread-pin=2\n" IOTHREAD);
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(problems.count, 0);
	load(BASE "[cpu]\ncores=2\npin=3,4\n");
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	expect_problem("win.conf:7: pin=3,4: this host has no processor 4: it has 0-3,6");
	load(BASE "[cpu]\niothread-pin=5\nemulator-pin=0\n" IOTHREAD);
	preflight_memory(tree_root(tree), &guest, &problems, &findings);
	expect_problem("win.conf:6: iothread-pin=5");
}

static void bridge_rules(void **state)
{
	static const struct {
		const char *rules;
		enum bridge_verdict verdict;
	} cases[] = {
		{ "", BRIDGE_ALLOWED },
		{ "allow br1\n", BRIDGE_ALLOWED },
		{ "deny br0\n", BRIDGE_DENIED },
		{ "# mine\n\n  deny\tbr0  \n", BRIDGE_DENIED },
		{ "deny all", BRIDGE_DENIED },
		{ "deny br01\ndeny br\n", BRIDGE_ALLOWED },
		{ "#deny br0\n", BRIDGE_ALLOWED },
		{ "allow br0\ndeny br0\n", BRIDGE_DENIED },
		{ "deny all\nallow br0\n", BRIDGE_DENIED },
		{ "include /etc/qemu/more.conf\n", BRIDGE_DENIED },
		{ "include /etc/qemu/absent.conf\nallow br0\n", BRIDGE_UNKNOWN },
		{ "include /etc/qemu/bridge.conf\nallow br0\n", BRIDGE_UNKNOWN },
		{ "include /etc/qemu/absent.conf\ndeny br0\n", BRIDGE_DENIED },
	};

	(void)state;
	assert_int_equal(bridge_acl_ask(tree_root(tree), "br0"), BRIDGE_ALLOWED);
	tree_write(tree, "etc/qemu/more.conf", "deny br0\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tree_write(tree, "etc/qemu/bridge.conf", cases[i].rules);
		if (bridge_acl_ask(tree_root(tree), "br0") != cases[i].verdict)
			fail_msg("%s", cases[i].rules);
	}
}

static void nets(void **state)
{
	static const char bridge[] = BASE "[net n]\nbridge=br0\n", tap[] = BASE "[net n]\ntap=tap0\n";

	(void)state;
	tree_write(tree, "dev/net/tun", "");
	tree_write(tree, "sys/class/net/eth0/address", "52:54:00:00:00:01\n");
	load(bridge);
	preflight_nets(tree_root(tree), &guest, &problems);
	expect_problem("win.conf:5: bridge=br0: this host has no such bridge");
	tree_write(tree, "sys/class/net/br0/bridge/stp_state", "0\n");
	load(bridge);
	preflight_nets(tree_root(tree), &guest, &problems);
	assert_int_equal(problems.count, 0);
	tree_write(tree, "etc/qemu/bridge.conf", "allow br1\ndeny br0\n");
	preflight_nets(tree_root(tree), &guest, &problems);
	expect_problem("bridge=br0: a line of /etc/qemu/bridge.conf denies it to guests");
	tree_write(tree, "etc/qemu/bridge.conf", "include /absent\n");
	load(bridge);
	preflight_nets(tree_root(tree), &guest, &problems);
	expect_problem("cannot be read, so it is not known if it denies this bridge");
	load(tap);
	preflight_nets(tree_root(tree), &guest, &problems);
	expect_problem("tap=tap0: this host has no such tap");
	tree_write(tree, "sys/class/net/tap0/tun_flags", "0x1002\n");
	load(tap);
	preflight_nets(tree_root(tree), &guest, &problems);
	assert_int_equal(problems.count, 0);
	load(BASE "[net n]\ntap=tap0\nmodel=virtio\nvhost=yes\n");
	preflight_nets(tree_root(tree), &guest, &problems);
	expect_problem("vhost=yes: /dev/vhost-net is not there: modprobe vhost_net");
}

static void no_taps(void **state)
{
	(void)state;
	tree_write(tree, "sys/class/net/tap0/tun_flags", "0x1002\n");
	load(BASE "[net n]\ntap=tap0\n[net u]\nuser=yes\n");
	preflight_nets(tree_root(tree), &guest, &problems);
	expect_problem("win.conf:5: [net n]: /dev/net/tun: is not there: modprobe tun");
}

static void add_usb(const char *name, const char *vendor, const char *product, const char *number)
{
	const struct {
		const char *attribute, *text;
	} attributes[] = {
		{ "idVendor", vendor }, { "idProduct", product }, { "busnum", "1\n" }, { "devnum", number },
	};

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		_cleanup_free_ char *path =
			xasprintf("sys/bus/usb/devices/%s/%s", name, attributes[i].attribute);

		tree_write(tree, path, attributes[i].text);
	}
}

static void expect_node(const char *node)
{
	_cleanup_(strv_release) struct strv nodes = { 0 };

	guest_usb_find(&guest.usbs[0], tree_root(tree), &nodes);
	assert_int_equal(nodes.count, 1);
	assert_string_equal(nodes.items[0], node);
}

static void usb_devices(void **state)
{
	static const char by_ids[] = BASE "[usb u]\nids=046d:0a44\n", by_port[] = BASE "[usb u]\nport=1-2.3\n";

	(void)state;
	load(by_ids);
	preflight_usb(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(problems.count, 0);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].id, FINDING_USB_ABSENT);
	assert_non_null(strstr(findings.items[0].remedy, "ATTR{idProduct}==\"0a44\""));
	add_usb("1-2", "046d\n", "c52b\n", "3\n");
	add_usb("1-2.3", "046d\n", "0a44\n", "14\n");
	tree_write(tree, "sys/bus/usb/devices/1-2.3:1.0/bInterfaceNumber", "00\n");
	load(by_ids);
	preflight_usb(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(problems.count + findings.count, 0);
	expect_node("/dev/bus/usb/001/014");
	load(by_port);
	expect_node("/dev/bus/usb/001/014");
	add_usb("1-4", "046d\n", "0a44\n", "15\n");
	preflight_usb(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(problems.count + findings.count, 0);
	load(by_ids);
	preflight_usb(tree_root(tree), &guest, &problems, &findings);
	expect_problem("win.conf:5: [usb u]: 2 devices with the ids 046d:0a44 are plugged in");
	load(BASE "[usb u]\nport=1-9\n");
	preflight_usb(tree_root(tree), &guest, &problems, &findings);
	assert_int_equal(findings.items[0].id, FINDING_USB_ABSENT);
}

/* A port that this test listens on. */
static int listen_somewhere(int type, unsigned int *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

/* before and after: what the file says around the number */
static void expect_port(const char *before, const char *after, int type, const char *part)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_close_ int fd = -1;
	unsigned int port;

	fd = listen_somewhere(type, &port);
	text = xasprintf("%s%u%s\n", before, port, after);
	load(text);
	preflight_ports(&guest, &problems);
	expect_problem(part);
	close(TAKE_FD(fd));
	load(text);
	preflight_ports(&guest, &problems);
	assert_int_equal(problems.count, 0);
}

static void ports(void **state)
{
	(void)state;
	expect_port(BASE "[spice]\nticketing=off\nport=", "", SOCK_STREAM,
		    "win.conf:5: TCP port");
	expect_port(BASE "[vnc]\nport=", "", SOCK_STREAM,
		    "something listens there already");
	expect_port(BASE "[monitor]\ntelnet=localhost:", "", SOCK_STREAM,
		    "win.conf:6: TCP port");
	expect_port(BASE "[net n]\nuser=yes\nforward=udp:", ":53", SOCK_DGRAM,
		    "UDP port");
	load(BASE "[spice]\nticketing=off\nlisten=203.0.113.9\nallow-remote=yes\n");
	preflight_ports(&guest, &problems);
	expect_problem("203.0.113.9: is no address of this host");
}

static void sockets(void **state)
{
	_cleanup_free_ char *text =
		xasprintf(BASE "[qmp q]\nunix=%s/socket\n", tree_path(tree));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", tree_path(tree));
	load(text);
	preflight_ports(&guest, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	/* What an earlier guest left behind does not answer. */
	preflight_ports(&guest, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(listen(fd, 1), 0);
	preflight_ports(&guest, &problems);
	expect_problem("win.conf:6: ");
}

static void places_of_sockets(void **state)
{
	_cleanup_free_ char *file = xasprintf(BASE "[qmp q]\nunix=%s/win.conf\n", tree_path(tree));
	_cleanup_free_ char *none = xasprintf(BASE "[vnc]\nunix=%s/none/socket\n", tree_path(tree));

	(void)state;
	load(file);
	preflight_ports(&guest, &problems);
	expect_problem("win.conf: is there and no socket, and QEMU would remove it");
	load(none);
	preflight_ports(&guest, &problems);
	expect_problem("none: there is no such directory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(image_locks), TEST(images), TEST(memory), TEST(huge_pages), TEST(pins),
		TEST(bridge_rules), TEST(nets), TEST(no_taps), TEST(ports), TEST(sockets), TEST(places_of_sockets),
		TEST(usb_devices),
	};

	return cmocka_run_group_tests_name("preflight", tests, NULL, NULL);
}
