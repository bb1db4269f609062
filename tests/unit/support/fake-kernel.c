/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/fake-kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/made-screen.h"
#include "support/test.h"

#define VFIO_PCI "vfio-pci"

static bool function_exists(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *path = xasprintf("sys/bus/pci/devices/%s", addr);

	return *addr && tree_has(tree, path);
}

static bool driver_exists(struct tree *tree, const char *driver)
{
	_cleanup_free_ char *path = xasprintf("sys/bus/pci/drivers/%s", driver);

	return tree_has(tree, path);
}

static bool is_bridge(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *class = tree_get(tree, addr, "class");

	return strncmp(class, "0x0604", 6) == 0 || strncmp(class, "0x0607", 6) == 0;
}

static char *ids_of(struct tree *tree, const char *addr, const char *driver)
{
	_cleanup_free_ char *vendor = tree_get(tree, addr, "vendor");
	_cleanup_free_ char *device = tree_get(tree, addr, "device");

	return xasprintf("%s %s %s", driver, vendor, device);
}

/* pci_match_device(): an override matches by name and any id; vfio-pci matches in no other way. */
static bool driver_matches(struct fake_kernel *kernel, const char *addr, const char *driver)
{
	_cleanup_free_ char *override = tree_get(kernel->tree, addr, "driver_override");
	_cleanup_free_ char *ids = ids_of(kernel->tree, addr, driver);

	if (strcmp(override, "(null)") != 0)
		return strcmp(override, driver) == 0;
	return strcmp(driver, VFIO_PCI) != 0 && strv_has(&kernel->ids, ids);
}

/* vfio_pci_vga_init() makes place for itself before anything can fail. */
static int probe_vfio(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *class = tree_get(tree, addr, "class");

	if (strncmp(class, "0x0300", 6) == 0 && made_screen_is_on(tree, addr))
		made_screen_remove(tree);
	return tree_group(tree, addr) < 0 || is_bridge(tree, addr) ? -EINVAL : 0;
}

/* What the driver of a card draws: its frame buffer comes and goes with it. */
static void draw(struct fake_kernel *kernel, const char *addr, const char *driver, bool bound)
{
	_cleanup_free_ char *start = xasprintf("%s %s ", addr, driver);

	for (size_t i = 0; i < kernel->drawing.count; i++) {
		const char *item = kernel->drawing.items[i];

		if (strncmp(item, start, strlen(start)) != 0)
			continue;
		if (bound)
			made_screen_add_node(kernel->tree, item + strlen(start), "fb0");
		else
			made_screen_remove_node(kernel->tree, item + strlen(start), "fb0");
	}
}

/* The group's node comes with the first member that vfio holds and goes with the last one. */
static void update_group_node(struct tree *tree, int group)
{
	_cleanup_free_ char *members = xasprintf("sys/kernel/iommu_groups/%d/devices", group);
	_cleanup_free_ char *class = xasprintf("sys/class/vfio/%d", group);
	_cleanup_free_ char *number = xasprintf("%s/dev", class);
	_cleanup_free_ char *node = xasprintf("dev/vfio/%d", group);
	int fd = host_root_openat(tree_root(tree), members, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool held = false;

	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *driver =
			entry->d_name[0] == '.' ? NULL : tree_driver(tree, entry->d_name);

		held |= driver && strcmp(driver, VFIO_PCI) == 0;
	}
	if (dir)
		closedir(dir);
	if (held && !tree_has(tree, node)) {
		tree_write(tree, number, "243:0\n");
		tree_write(tree, node, "");
	} else if (!held && tree_has(tree, node)) {
		tree_remove(tree, class);
		tree_remove(tree, node);
	}
}

/* bind_store(): no match is ENODEV, before EBUSY for a function that has a driver. */
int fake_kernel_bind(struct fake_kernel *kernel, const char *addr, const char *driver)
{
	_cleanup_free_ char *now = NULL;
	int r;

	if (!driver_exists(kernel->tree, driver))
		return -ENOENT;
	if (!function_exists(kernel->tree, addr) || !driver_matches(kernel, addr, driver))
		return -ENODEV;
	now = tree_driver(kernel->tree, addr);
	if (now)
		return -EBUSY;
	r = strcmp(driver, VFIO_PCI) == 0 ? probe_vfio(kernel->tree, addr) : 0;
	if (r < 0)
		return r;
	tree_bind(kernel->tree, addr, driver);
	draw(kernel, addr, driver, true);
	update_group_node(kernel->tree, tree_group(kernel->tree, addr));
	return 0;
}

int fake_kernel_unbind(struct fake_kernel *kernel, const char *addr, const char *driver)
{
	_cleanup_free_ char *now = NULL;

	if (!driver_exists(kernel->tree, driver))
		return -ENOENT;
	if (function_exists(kernel->tree, addr))
		now = tree_driver(kernel->tree, addr);
	if (!now || strcmp(now, driver) != 0)
		return -ENODEV;
	tree_unbind(kernel->tree, addr);
	draw(kernel, addr, driver, false);
	update_group_node(kernel->tree, tree_group(kernel->tree, addr));
	return 0;
}

/* The text up to the first newline; only a write that has nothing before it clears. */
static int set_override(struct fake_kernel *kernel, const char *addr, const char *value)
{
	if (!function_exists(kernel->tree, addr))
		return -ENOENT;
	if (*value)
		tree_set(kernel->tree, addr, "driver_override", *value == '\n' ? "(null)" : value);
	return 0;
}

/* Registering a driver probes every function that has none and that it matches. */
static void register_driver(struct fake_kernel *kernel, const char *driver, const char *module)
{
	DIR *dir;
	struct dirent *entry;
	int fd;

	tree_add_driver(kernel->tree, driver, module);
	fd = host_root_openat(tree_root(kernel->tree), "sys/bus/pci/devices",
			      O_RDONLY | O_DIRECTORY);
	dir = fdopendir(fd);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && !strv_has(&kernel->locked, entry->d_name))
			(void)fake_kernel_bind(kernel, entry->d_name, driver);
	closedir(dir);
}

static int load_module(struct fake_kernel *kernel, const char *name)
{
	for (size_t i = 0; i < kernel->modules.count; i++) {
		_cleanup_free_ char *module = xstrdup(kernel->modules.items[i]);
		char *driver = strchr(module, ' ');

		*driver++ = '\0';
		if (strcmp(module, name) != 0)
			continue;
		if (*driver && !driver_exists(kernel->tree, driver))
			register_driver(kernel, driver, module);
		else if (!*driver)
			tree_add_module(kernel->tree, module);
		return 0;
	}
	return -ENOENT;
}

static int wait_for_node(struct fake_kernel *kernel, const char *node)
{
	return tree_has(kernel->tree, node) ? 0 : -ENOENT;
}

/* The kernel takes the write without an error whatever becomes of it. */
static int set_console(struct fake_kernel *kernel, const char *console, const char *value)
{
	_cleanup_free_ char *path = xasprintf("sys/class/vtconsole/%s/bind", console);

	if (!tree_has(kernel->tree, path))
		return -ENOENT;
	if (kernel->console_in_use)
		return 0;
	tree_write(kernel->tree, path, *value == '1' ? "1\n" : "0\n");
	tree_write(kernel->tree, "sys/class/vtconsole/vtcon0/bind", *value == '1' ? "0\n" : "1\n");
	return 0;
}

/* The attribute is there if the kernel knows a way. Nobody may reset what a driver has. */
static int reset(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *path = xasprintf("sys/bus/pci/devices/%s/reset", addr);
	_cleanup_free_ char *driver = tree_has(tree, path) ? tree_driver(tree, addr) : NULL;

	assert_null(driver);
	return tree_has(tree, path) ? 0 : -ENOENT;
}

/* drivers_probe: the first driver whose table has the ids; that none has is no error. */
static int probe(struct fake_kernel *kernel, const char *addr)
{
	for (size_t i = 0; i < kernel->ids.count; i++) {
		_cleanup_free_ char *driver = xstrdup(kernel->ids.items[i]);

		driver[strcspn(driver, " ")] = '\0';
		if (fake_kernel_bind(kernel, addr, driver) == 0)
			break;
	}
	return 0;
}

enum call_kind {
	CALL_OVERRIDE,
	CALL_UNBIND,
	CALL_BIND,
	CALL_LOAD,
	CALL_WAIT,
	CALL_CONSOLE,
	CALL_RESET,
	CALL_PROBE,
};

struct call {
	enum call_kind kind;
	const char *subject; /* a function's address, a module, a node, FIRMWARE_FB, a console */
	const char *value;   /* the override, the driver */
};

static int carry_out(struct fake_kernel *kernel, const struct call *call)
{
	bool firmware = strcmp(call->subject, FIRMWARE_FB) == 0;

	switch (call->kind) {
	case CALL_OVERRIDE:
		return set_override(kernel, call->subject, call->value);
	case CALL_UNBIND:
		return firmware ? made_screen_unbind(kernel->tree)
				: fake_kernel_unbind(kernel, call->subject, call->value);
	case CALL_BIND:
		return firmware ? made_screen_bind(kernel->tree)
				: fake_kernel_bind(kernel, call->subject, call->value);
	case CALL_CONSOLE:
		return set_console(kernel, call->subject, call->value);
	case CALL_LOAD:
		return load_module(kernel, call->subject);
	case CALL_RESET:
		return reset(kernel->tree, call->subject);
	case CALL_PROBE:
		return probe(kernel, call->subject);
	default:
		return wait_for_node(kernel, call->subject);
	}
}

static const struct fault *find_fault(const struct fake_kernel *kernel)
{
	for (size_t i = 0; i < kernel->fault_count; i++)
		if (kernel->faults[i].call == kernel->calls)
			return &kernel->faults[i];
	return NULL;
}

/* While a driver hangs, whoever reads driver_override hangs too: as in opening a FIFO. */
static void lock_function(struct fake_kernel *kernel, const char *addr)
{
	_cleanup_free_ char *value = NULL;

	if (strv_has(&kernel->locked, addr))
		return;
	value = tree_get(kernel->tree, addr, "driver_override");
	strv_add(&kernel->locked, addr);
	strv_add(&kernel->locked, value);
	tree_unset(kernel->tree, addr, "driver_override");
	tree_set_fifo(kernel->tree, addr, "driver_override");
}

static void unlock_functions(struct fake_kernel *kernel)
{
	for (size_t i = 0; i < kernel->locked.count; i += 2) {
		const char *addr = kernel->locked.items[i];

		tree_unset(kernel->tree, addr, "driver_override");
		tree_set(kernel->tree, addr, "driver_override", kernel->locked.items[i + 1]);
	}
	strv_release(&kernel->locked);
}

static int carry_out_or_fail(struct fake_kernel *kernel, const struct call *call)
{
	const struct fault *fault = find_fault(kernel);
	int r;

	if (strv_has(&kernel->hung, call->subject) || strv_has(&kernel->locked, call->subject))
		return -ETIMEDOUT;
	if (!fault)
		return carry_out(kernel, call);
	if (fault->kind == FAULT_BEFORE)
		return -fault->error;
	if (fault->kind == FAULT_KILL_BEFORE)
		_exit(FAKE_KERNEL_KILLED);
	if (fault->kind == FAULT_HOOK)
		fault->hook(kernel->tree);
	r = carry_out(kernel, call);
	if (fault->kind == FAULT_KILL_AFTER)
		_exit(FAKE_KERNEL_KILLED);
	return fault->kind == FAULT_AFTER ? -fault->error : r;
}

static int do_call(struct apply *apply, const struct call *call, struct error *err)
{
	static const char *const verbs[] = { "override", "unbind",  "bind", "load",
					     "wait",	 "console", "reset", "probe" };
	struct fake_kernel *kernel = (struct fake_kernel *)apply;
	bool has_value = call->value && *call->value && *call->value != '\n';
	int r;

	kernel->calls++;
	strv_addf(&kernel->log, "%s %s%s%s", verbs[call->kind], call->subject,
		  has_value ? " " : "", has_value ? call->value : "");
	r = carry_out_or_fail(kernel, call);
	if (r == -ETIMEDOUT && function_exists(kernel->tree, call->subject))
		lock_function(kernel, call->subject);
	return r < 0 ? error_errno(err, r, "%s", kernel->log.items[kernel->log.count - 1]) : 0;
}

/* The text between what path begins and ends with, or NULL when it does not. */
static char *between(const char *path, const char *start, const char *end)
{
	size_t len = strlen(path), start_len = strlen(start), end_len = strlen(end);

	if (len < start_len + end_len || strncmp(path, start, start_len) != 0 ||
	    strcmp(path + len - end_len, end) != 0)
		return NULL;
	return xstrndup(path + start_len, len - start_len - end_len);
}

static int fake_attr_write(struct apply *apply, const char *path, const char *value,
			   struct error *err)
{
	_cleanup_free_ char *addr = between(path, "sys/bus/pci/devices/", "/driver_override");
	_cleanup_free_ char *to_reset = between(path, "sys/bus/pci/devices/", "/reset");
	_cleanup_free_ char *unbind = between(path, "sys/bus/pci/drivers/", "/unbind");
	_cleanup_free_ char *bind = between(path, "sys/bus/pci/drivers/", "/bind");
	_cleanup_free_ char *console = between(path, "sys/class/vtconsole/", "/bind");
	_cleanup_free_ char *release = between(path, "sys/bus/platform/drivers/", "/unbind");
	_cleanup_free_ char *give = between(path, "sys/bus/platform/drivers/", "/bind");

	if (console)
		return do_call(apply, &(struct call){ CALL_CONSOLE, console, value }, err);
	if (release)
		return do_call(apply, &(struct call){ CALL_UNBIND, value, release }, err);
	if (give)
		return do_call(apply, &(struct call){ CALL_BIND, value, give }, err);
	if (to_reset)
		return do_call(apply, &(struct call){ CALL_RESET, to_reset, value }, err);
	if (addr)
		return do_call(apply, &(struct call){ CALL_OVERRIDE, addr, value }, err);
	if (unbind)
		return do_call(apply, &(struct call){ CALL_UNBIND, value, unbind }, err);
	if (bind)
		return do_call(apply, &(struct call){ CALL_BIND, value, bind }, err);
	if (strcmp(path, "sys/bus/pci/drivers_probe") == 0)
		return do_call(apply, &(struct call){ CALL_PROBE, value, NULL }, err);
	fail_msg("%s is none of the attributes that may be written", path);
	return -EINVAL;
}

static int fake_module_load(struct apply *apply, const char *name, bool despite_blacklist,
			    struct error *err)
{
	(void)despite_blacklist;
	return do_call(apply, &(struct call){ CALL_LOAD, name, NULL }, err);
}

static int fake_node_wait(struct apply *apply, const char *node, struct error *err)
{
	return do_call(apply, &(struct call){ CALL_WAIT, node, NULL }, err);
}

static const struct apply_ops fake_ops = {
	.attr_write = fake_attr_write,
	.module_load = fake_module_load,
	.node_wait = fake_node_wait,
};

static void learn_ids(struct fake_kernel *kernel)
{
	int fd = host_root_openat(tree_root(kernel->tree), "sys/bus/pci/devices",
				  O_RDONLY | O_DIRECTORY);
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		_cleanup_free_ char *driver =
			entry->d_name[0] == '.' ? NULL : tree_driver(kernel->tree, entry->d_name);
		_cleanup_free_ char *ids =
			driver ? ids_of(kernel->tree, entry->d_name, driver) : NULL;

		if (ids)
			strv_add(&kernel->ids, ids);
	}
	closedir(dir);
}

void fake_kernel_init(struct fake_kernel *kernel, struct tree *tree)
{
	*kernel = (struct fake_kernel){
		.tree = tree,
		.state = STATE_CLOSED,
		.apply = { .root = tree_root(tree), .ops = &fake_ops, .timeout_ms = PATIENCE_MS,
			   .helper = HELPER_NONE },
	};
	kernel->apply.state = &kernel->state;
	learn_ids(kernel);
	fake_kernel_add_module(kernel, "vfio", "");
	fake_kernel_add_module(kernel, "vfio_iommu_type1", "");
	fake_kernel_add_module(kernel, "vfio-pci", VFIO_PCI);
}

void fake_kernel_release(struct fake_kernel *kernel)
{
	fake_kernel_close(kernel);
	strv_release(&kernel->log);
	strv_release(&kernel->hung);
	strv_release(&kernel->locked);
	strv_release(&kernel->ids);
	strv_release(&kernel->modules);
	strv_release(&kernel->drawing);
}

void fake_kernel_open(struct fake_kernel *kernel)
{
	struct error err;

	unlock_functions(kernel);
	strv_release(&kernel->log);
	strv_release(&kernel->hung);
	kernel->calls = 0;
	kernel->fault_count = 0;
	assert_ok(state_open(tree_root(kernel->tree), "test", &kernel->state, &err), err);
}

void fake_kernel_close(struct fake_kernel *kernel)
{
	helper_stop(&kernel->apply.helper);
	state_close(&kernel->state);
}

void fake_kernel_add_module(struct fake_kernel *kernel, const char *module, const char *driver)
{
	strv_addf(&kernel->modules, "%s %s", module, driver);
}

void fake_kernel_add_drawing(struct fake_kernel *kernel, const char *addr, const char *driver,
			     const char *directory)
{
	strv_addf(&kernel->drawing, "%s %s %s", addr, driver, directory);
}

static void add_fault(struct fake_kernel *kernel, struct fault fault)
{
	assert_true(kernel->fault_count < ARRAY_SIZE(kernel->faults));
	kernel->faults[kernel->fault_count++] = fault;
}

void fake_kernel_fail(struct fake_kernel *kernel, size_t call, enum fault_kind kind, int error)
{
	add_fault(kernel, (struct fault){ .call = call, .kind = kind, .error = error });
}

void fake_kernel_hook(struct fake_kernel *kernel, size_t call, void (*hook)(struct tree *tree))
{
	add_fault(kernel, (struct fault){ .call = call, .kind = FAULT_HOOK, .hook = hook });
}

void fake_kernel_hang(struct fake_kernel *kernel, const char *addr)
{
	strv_add(&kernel->hung, addr);
}

size_t fake_kernel_writes_to(const struct fake_kernel *kernel, const char *addr)
{
	size_t count = 0;

	for (size_t i = 0; i < kernel->log.count; i++)
		count += strstr(kernel->log.items[i], addr) != NULL;
	return count;
}
