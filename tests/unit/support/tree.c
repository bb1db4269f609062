/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/fileat.h"

struct tree {
	struct host_root root;
	char path[32];
	struct tree *next; /* alive */
};

/* A test that fails does not come to its tree_free(). */
static struct tree *alive;

static void free_what_is_left(void)
{
	while (alive)
		tree_free(alive);
}

static void must(bool ok, const char *what, const char *path)
{
	if (ok)
		return;
	fprintf(stderr, "made-up host: %s %s: %s\n", what, path, strerror(errno));
	abort();
}

struct tree *tree_new(void)
{
	static const char *const directories[] = {
		"sys/bus/pci/devices", "sys/bus/pci/drivers", "sys/class/iommu",
		"sys/kernel/iommu_groups", "sys/module", "proc", "run", "dev",
	};
	static bool registered;
	struct tree *tree = xcalloc(1, sizeof(*tree));
	struct error err;

	/* In memory where there is such a place: the tests make hundreds of hosts. */
	strcpy(tree->path, access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm/vfioadm-tree.XXXXXX"
								: "/tmp/vfioadm-tree.XXXXXX");
	must(mkdtemp(tree->path), "make", tree->path);
	must(host_root_open(tree->path, &tree->root, &err) == 0, "open", tree->path);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		tree_mkdir(tree, directories[i]);
	if (!registered)
		registered = atexit(free_what_is_left) == 0;
	tree->next = alive;
	alive = tree;
	return tree;
}

void tree_free(struct tree *tree)
{
	struct tree **link = &alive;

	if (!tree)
		return;
	while (*link != tree)
		link = &(*link)->next;
	*link = tree->next;
	tree_remove(tree, ".");
	must(rmdir(tree->path) == 0, "remove", tree->path);
	host_root_close(&tree->root);
	free(tree);
}

void tree_freep(struct tree **tree)
{
	tree_free(*tree);
}

struct host_root *tree_root(struct tree *tree)
{
	return &tree->root;
}

const char *tree_path(const struct tree *tree)
{
	return tree->path;
}

static void make_parents(struct tree *tree, const char *path)
{
	_cleanup_free_ char *parent = xstrdup(path);
	char *slash = strrchr(parent, '/');

	if (!slash)
		return;
	*slash = '\0';
	tree_mkdir(tree, parent);
}

void tree_mkdir(struct tree *tree, const char *path)
{
	if (mkdirat(tree->root.fd, path, 0755) == 0 || errno == EEXIST)
		return;
	make_parents(tree, path);
	must(mkdirat(tree->root.fd, path, 0755) == 0, "make", path);
}

static void write_bytes(struct tree *tree, const char *path, const void *data, size_t len)
{
	_cleanup_close_ int fd = -1;

	make_parents(tree, path);
	fd = openat(tree->root.fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(fd >= 0 && write(fd, data, len) == (ssize_t)len, "write", path);
}

void tree_write(struct tree *tree, const char *path, const char *text)
{
	write_bytes(tree, path, text, strlen(text));
}

char *tree_read(struct tree *tree, const char *path)
{
	char *text;

	must(fileat_read_all(tree->root.fd, path, 1 << 20, &text) >= 0, "read", path);
	return text;
}

void tree_link_outside(struct tree *tree, const char *path, const char *target)
{
	make_parents(tree, path);
	must(symlinkat(target, tree->root.fd, path) == 0, "link", path);
}

/* Up from where the link is to the root, and down again. */
void tree_link(struct tree *tree, const char *path, const char *target)
{
	_cleanup_free_ char *up = xstrdup("");

	for (const char *c = path; *c; c++) {
		if (*c == '/') {
			char *more = xasprintf("../%s", up);

			free(up);
			up = more;
		}
	}
	_cleanup_free_ char *relative = xasprintf("%s%s", up, target);

	tree_link_outside(tree, path, relative);
}

static int is_named(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* The names in a directory in order; freed with their array. */
static int list(struct tree *tree, const char *path, struct dirent ***names)
{
	return scandirat(tree->root.fd, path, names, is_named, alphasort);
}

static bool is_directory(struct tree *tree, const char *path)
{
	struct stat st;

	return fstatat(tree->root.fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

void tree_remove(struct tree *tree, const char *path)
{
	bool directory = is_directory(tree, path);
	struct dirent **names = NULL;
	int count = directory ? list(tree, path, &names) : 0;

	must(count >= 0, "list", path);
	for (int i = 0; i < count; i++) {
		_cleanup_free_ char *below = xasprintf("%s/%s", path, names[i]->d_name);

		tree_remove(tree, below);
		free(names[i]);
	}
	free(names);
	if (strcmp(path, ".") != 0)
		must(unlinkat(tree->root.fd, path, directory ? AT_REMOVEDIR : 0) == 0, "remove",
		     path);
}

bool tree_has(struct tree *tree, const char *path)
{
	return faccessat(tree->root.fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The place of a function below sys/devices, which its link in sys/bus/pci/devices leads to. */
static char *function_directory(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *link = xasprintf("sys/bus/pci/devices/%s", addr);
	char target[512];
	ssize_t len = readlinkat(tree->root.fd, link, target, sizeof(target) - 1);
	const char *below = len < 0 ? NULL : strstr((target[len] = '\0', target), "sys/devices/");

	must(below, "find the function", addr);
	return xstrdup(below);
}

static char *function_attribute(struct tree *tree, const char *addr, const char *attribute)
{
	_cleanup_free_ char *directory = function_directory(tree, addr);

	return xasprintf("%s/%s", directory, attribute);
}

void tree_set(struct tree *tree, const char *addr, const char *attribute, const char *value)
{
	_cleanup_free_ char *path = function_attribute(tree, addr, attribute);
	_cleanup_free_ char *line = xasprintf("%s\n", value);

	tree_write(tree, path, line);
}

char *tree_get(struct tree *tree, const char *addr, const char *attribute)
{
	_cleanup_free_ char *path = function_attribute(tree, addr, attribute);
	char *text = tree_read(tree, path);

	text[strcspn(text, "\n")] = '\0';
	return text;
}

void tree_unset(struct tree *tree, const char *addr, const char *attribute)
{
	_cleanup_free_ char *path = function_attribute(tree, addr, attribute);

	tree_remove(tree, path);
}

void tree_set_fifo(struct tree *tree, const char *addr, const char *attribute)
{
	_cleanup_free_ char *path = function_attribute(tree, addr, attribute);

	must(mkfifoat(tree->root.fd, path, 0644) == 0, "make", path);
}

/* Who waits in open(2) counts as a reader already; without one, O_NONBLOCK fails with ENXIO. */
bool tree_fifo_was_read(struct tree *tree, const char *addr, const char *attribute)
{
	_cleanup_free_ char *path = function_attribute(tree, addr, attribute);
	_cleanup_close_ int fd = openat(tree->root.fd, path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	must(fd >= 0 || errno == ENXIO, "open", path);
	return fd >= 0;
}

static void set_number(struct tree *tree, const char *addr, const char *attribute, int digits,
		       unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%0*x", digits, value);
	tree_set(tree, addr, attribute, text);
}

/* Class 0604 is a PCI-to-PCI bridge (header type 1), 0607 a CardBus bridge (2). */
static void set_config(struct tree *tree, const char *addr, unsigned int vendor,
		       unsigned int device, unsigned int class)
{
	unsigned char config[64] = {
		[0] = vendor & 0xff, [1] = vendor >> 8,  [2] = device & 0xff,  [3] = device >> 8,
		[9] = class & 0xff,  [10] = (class >> 8) & 0xff, [11] = class >> 16,
	};
	_cleanup_free_ char *path = function_attribute(tree, addr, "config");

	config[14] = class >> 8 == 0x0604 ? 1 : class >> 8 == 0x0607 ? 2 : 0;
	if (addr[strlen(addr) - 1] != '0')
		config[14] |= 0x80; /* one of several functions */
	write_bytes(tree, path, config, sizeof(config));
}

void tree_set_config(struct tree *tree, const char *addr, size_t offset, const void *bytes,
		     size_t len)
{
	_cleanup_free_ char *path = function_attribute(tree, addr, "config");
	_cleanup_close_ int fd = openat(tree->root.fd, path, O_WRONLY | O_CLOEXEC);

	must(fd >= 0 && pwrite(fd, bytes, len, (off_t)offset) == (ssize_t)len, "write", path);
}

void tree_cut_config(struct tree *tree, const char *addr, size_t size)
{
	_cleanup_free_ char *path = function_attribute(tree, addr, "config");
	_cleanup_close_ int fd = openat(tree->root.fd, path, O_WRONLY | O_CLOEXEC);

	must(fd >= 0 && ftruncate(fd, (off_t)size) == 0, "cut", path);
}

static void set_attributes(struct tree *tree, const char *addr, unsigned int vendor,
			   unsigned int device, unsigned int class)
{
	set_number(tree, addr, "vendor", 4, vendor);
	set_number(tree, addr, "device", 4, device);
	set_number(tree, addr, "class", 6, class);
	set_number(tree, addr, "subsystem_vendor", 4, 0x1af4);
	set_number(tree, addr, "subsystem_device", 4, 0x1100);
	set_config(tree, addr, vendor, device, class);
	tree_set(tree, addr, "driver_override", "(null)");
	tree_set(tree, addr, "numa_node", "-1");
	tree_set(tree, addr, "reset_method", "pm bus");
	tree_set(tree, addr, "power_state", "D0");
	if (class >> 8 == 0x0300)
		tree_set(tree, addr, "boot_vga", "0");
}

static void join_group(struct tree *tree, const char *addr, int group)
{
	_cleanup_free_ char *directory = function_directory(tree, addr);
	_cleanup_free_ char *from = xasprintf("%s/iommu_group", directory);
	_cleanup_free_ char *to = xasprintf("sys/kernel/iommu_groups/%d", group);
	_cleanup_free_ char *member = xasprintf("%s/devices/%s", to, addr);

	if (!tree_has(tree, to))
		tree_add_group(tree, group, "DMA", "");
	tree_link(tree, from, to);
	tree_link(tree, member, directory);
}

void tree_add_function(struct tree *tree, const char *addr, unsigned int vendor,
		       unsigned int device, unsigned int class, const char *driver, int group,
		       const char *above)
{
	_cleanup_free_ char *link = xasprintf("sys/bus/pci/devices/%s", addr);
	_cleanup_free_ char *parent =
		above ? function_directory(tree, above)
		      : xasprintf("sys/devices/pci%.*s:00", (int)strcspn(addr, ":"), addr);
	_cleanup_free_ char *directory = xasprintf("%s/%s", parent, addr);
	_cleanup_free_ char *subsystem = xasprintf("%s/subsystem", directory);

	tree_mkdir(tree, directory);
	tree_link(tree, link, directory);
	tree_link(tree, subsystem, "sys/bus/pci");
	set_attributes(tree, addr, vendor, device, class);
	if (group >= 0)
		join_group(tree, addr, group);
	if (driver)
		tree_bind(tree, addr, driver);
}

void tree_remove_function(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *link = xasprintf("sys/bus/pci/devices/%s", addr);
	_cleanup_free_ char *directory = function_directory(tree, addr);
	_cleanup_free_ char *driver = tree_driver(tree, addr);
	int group = tree_group(tree, addr);
	_cleanup_free_ char *member =
		xasprintf("sys/kernel/iommu_groups/%d/devices/%s", group, addr);

	if (driver)
		tree_unbind(tree, addr);
	if (group >= 0)
		tree_remove(tree, member);
	tree_remove(tree, link);
	tree_remove(tree, directory);
}

void tree_add_module(struct tree *tree, const char *module)
{
	_cleanup_free_ char *path = xasprintf("sys/module/%s/initstate", module);

	tree_write(tree, path, "live\n");
}

void tree_add_driver(struct tree *tree, const char *driver, const char *module)
{
	_cleanup_free_ char *directory = xasprintf("sys/bus/pci/drivers/%s", driver);
	_cleanup_free_ char *bind = xasprintf("%s/bind", directory);
	_cleanup_free_ char *unbind = xasprintf("%s/unbind", directory);
	_cleanup_free_ char *link = xasprintf("%s/module", directory);
	_cleanup_free_ char *target = xasprintf("sys/module/%s", module);

	tree_write(tree, bind, "");
	tree_write(tree, unbind, "");
	if (!module)
		return;
	tree_add_module(tree, module);
	tree_link(tree, link, target);
}

void tree_add_group(struct tree *tree, int id, const char *type, const char *reserved)
{
	_cleanup_free_ char *directory = xasprintf("sys/kernel/iommu_groups/%d", id);
	_cleanup_free_ char *type_path = xasprintf("%s/type", directory);
	_cleanup_free_ char *reserved_path = xasprintf("%s/reserved_regions", directory);
	_cleanup_free_ char *members = xasprintf("%s/devices", directory);
	_cleanup_free_ char *type_line = xasprintf("%s\n", type);

	tree_write(tree, type_path, type_line);
	tree_write(tree, reserved_path, reserved);
	tree_mkdir(tree, members);
}

void tree_set_iommu_active(struct tree *tree, const char *unit)
{
	_cleanup_free_ char *path = xasprintf("sys/class/iommu/%s", unit);

	tree_mkdir(tree, path);
}

void tree_set_interrupts(struct tree *tree, const char *text)
{
	tree_write(tree, "proc/interrupts", text);
}

/* The port service driver is always built in; other drivers live in a module of their name. */
static void add_driver_if_missing(struct tree *tree, const char *driver)
{
	_cleanup_free_ char *path = xasprintf("sys/bus/pci/drivers/%s", driver);
	_cleanup_free_ char *module = xstrdup(driver);

	for (char *c = module; *c; c++)
		if (*c == '-')
			*c = '_';
	if (!tree_has(tree, path))
		tree_add_driver(tree, driver, strcmp(driver, "pcieport") == 0 ? NULL : module);
}

void tree_bind(struct tree *tree, const char *addr, const char *driver)
{
	_cleanup_free_ char *directory = function_directory(tree, addr);
	_cleanup_free_ char *down = xasprintf("%s/driver", directory);
	_cleanup_free_ char *target = xasprintf("sys/bus/pci/drivers/%s", driver);
	_cleanup_free_ char *up = xasprintf("%s/%s", target, addr);

	add_driver_if_missing(tree, driver);
	tree_link(tree, down, target);
	tree_link(tree, up, directory);
}

void tree_unbind(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *driver = tree_driver(tree, addr);
	_cleanup_free_ char *up = xasprintf("sys/bus/pci/drivers/%s/%s", driver, addr);

	tree_unset(tree, addr, "driver");
	tree_remove(tree, up);
}

static char *read_link_base(struct tree *tree, const char *addr, const char *name)
{
	_cleanup_free_ char *path = function_attribute(tree, addr, name);
	char base[256];

	return fileat_readlink_base(tree->root.fd, path, base, sizeof(base)) < 0 ? NULL
										 : xstrdup(base);
}

char *tree_driver(struct tree *tree, const char *addr)
{
	return read_link_base(tree, addr, "driver");
}

int tree_group(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *group = read_link_base(tree, addr, "iommu_group");

	return group ? atoi(group) : -1;
}

static void print_content(struct tree *tree, const char *path, FILE *out)
{
	_cleanup_close_ int fd = openat(tree->root.fd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	unsigned char content[4096];
	ssize_t len = 0;

	do {
		for (ssize_t i = 0; i < len; i++)
			fprintf(out, isprint(content[i]) && content[i] != '\\' ? "%c" : "\\x%02x",
				content[i]);
		len = fd < 0 ? 0 : read(fd, content, sizeof(content));
	} while (len > 0);
}

static void print_one(struct tree *tree, const char *path, FILE *out)
{
	char target[512];
	ssize_t len = readlinkat(tree->root.fd, path, target, sizeof(target));

	if (len >= 0) {
		fprintf(out, "%s -> %.*s\n", path, (int)len, target);
	} else if (is_directory(tree, path)) {
		fprintf(out, "%s/\n", path);
	} else {
		fprintf(out, "%s = ", path);
		print_content(tree, path, out);
		fputc('\n', out);
	}
}

static void print_below(struct tree *tree, const char *directory, FILE *out)
{
	struct dirent **names;
	int count = list(tree, directory, &names);

	must(count >= 0, "list", directory);
	for (int i = 0; i < count; i++) {
		_cleanup_free_ char *path =
			strcmp(directory, ".") == 0
				? xstrdup(names[i]->d_name)
				: xasprintf("%s/%s", directory, names[i]->d_name);

		print_one(tree, path, out);
		if (is_directory(tree, path))
			print_below(tree, path, out);
		free(names[i]);
	}
	free(names);
}

char *tree_snapshot(struct tree *tree)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out, "open", "a buffer");
	print_below(tree, ".", out);
	fclose(out);
	return text;
}
