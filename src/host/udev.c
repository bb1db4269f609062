/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/udev.h"

#include <errno.h>
#include <libudev.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/library.h"
#include "host/names.h"

#define FUNCTIONS(X)                                                                               \
	X(udev_, new)                                                                              \
	X(udev_, unref)                                                                            \
	X(udev_, device_new_from_subsystem_sysname)                                                \
	X(udev_, device_get_is_initialized)                                                        \
	X(udev_, device_unref)                                                                     \
	X(udev_, monitor_new_from_netlink)                                                         \
	X(udev_, monitor_filter_add_match_subsystem_devtype)                                       \
	X(udev_, monitor_enable_receiving)                                                         \
	X(udev_, monitor_get_fd)                                                                   \
	X(udev_, monitor_receive_device)                                                           \
	X(udev_, monitor_unref)

static struct {
	FUNCTIONS(LIBRARY_POINTER)
} libudev;
static const char *const udev_names[] = { FUNCTIONS(LIBRARY_NAME) NULL };

static bool runs(const struct host_root *root)
{
	return faccessat(root->fd, NAME_UDEV_CONTROL, F_OK, 0) == 0;
}

int udev_open(const struct host_root *root, struct error *err)
{
	return runs(root) ? library_open(LIBRARY_UDEV, udev_names, &libudev, err) : 0;
}

static bool node_exists(const struct host_root *root, const char *node)
{
	struct stat st;

	return fstatat(root->fd, node, &st, 0) == 0;
}

static bool device_is_ready(struct udev *udev, const char *subsystem, const char *name)
{
	struct udev_device *device =
		libudev.device_new_from_subsystem_sysname(udev, subsystem, name);
	bool ready = device && libudev.device_get_is_initialized(device) > 0;

	libudev.device_unref(device);
	return ready;
}

/* The device may become ready before the monitor listens: look first, and again after each event. */
static int wait_with_monitor(struct udev *udev, struct udev_monitor *monitor, const char *subsystem,
			     const char *name, int64_t deadline)
{
	struct pollfd events = { .events = POLLIN };

	if (libudev.monitor_filter_add_match_subsystem_devtype(monitor, subsystem, NULL) < 0 ||
	    libudev.monitor_enable_receiving(monitor) < 0)
		return -EIO;
	events.fd = libudev.monitor_get_fd(monitor);
	while (!device_is_ready(udev, subsystem, name)) {
		int left = clock_left_ms(deadline), r = poll(&events, 1, left);

		if (r < 0 && errno != EINTR)
			return -errno;
		if (r == 0)
			return -ETIMEDOUT;
		if (r > 0)
			libudev.device_unref(libudev.monitor_receive_device(monitor));
	}
	return 0;
}

int udev_wait_for_node(const struct host_root *root, const char *subsystem, const char *name,
		       const char *node, int timeout_ms, struct error *err)
{
	struct udev_monitor *monitor;
	struct udev *udev;
	int r = 0;

	if (runs(root)) {
		r = udev_open(root, err);
		if (r < 0)
			return r;
		udev = libudev.new();
		monitor = udev ? libudev.monitor_new_from_netlink(udev, "udev") : NULL;
		r = monitor ? wait_with_monitor(udev, monitor, subsystem, name,
						clock_now_ms() + timeout_ms)
			    : -ENOMEM;
		libudev.monitor_unref(monitor);
		libudev.unref(udev);
	}
	if (r < 0)
		return error_errno(err, r, "/%s: udev did not finish with the node; see udevadm monitor",
				   node);
	if (!node_exists(root, node))
		return error_set(err, -ENOENT, "/%s: the node did not appear", node);
	return 0;
}
