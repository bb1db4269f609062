/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/if_tun.h>
#include <linux/sockios.h>

#include "base/fileat.h"
#include "base/parse.h"
#include "host/names.h"

#define FRAMES (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR)

static void set_name(struct ifreq *request, const char *name)
{
	*request = (struct ifreq){ 0 };
	snprintf(request->ifr_name, sizeof(request->ifr_name), "%s", name);
}

static int open_tun(struct error *err)
{
	int fd = open("/" NAME_DEV_TUN, O_RDWR | O_CLOEXEC);

	return fd < 0 ? error_errno(err, -errno, "/" NAME_DEV_TUN ": cannot be opened (modprobe "
				    "tun)") : fd;
}

/* A bridge without an address of its own takes its lowest port's, and its MTU is the lowest, too. */
static int adapt(int sock, const char *tap, const char *bridge)
{
	struct ifreq request;

	set_name(&request, bridge);
	if (ioctl(sock, SIOCGIFMTU, &request) < 0)
		return -errno;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", tap);
	if (ioctl(sock, SIOCSIFMTU, &request) < 0)
		return -errno;
	set_name(&request, tap);
	if (ioctl(sock, SIOCGIFHWADDR, &request) < 0)
		return -errno;
	request.ifr_hwaddr.sa_data[0] = (char)0xfe;
	return ioctl(sock, SIOCSIFHWADDR, &request) < 0 ? -errno : 0;
}

static int join(int sock, const char *tap, const char *bridge)
{
	struct ifreq request;
	unsigned int index = if_nametoindex(tap);

	set_name(&request, bridge);
	request.ifr_ifindex = (int)index;
	if (index == 0 || ioctl(sock, SIOCBRADDIF, &request) < 0)
		return -errno;
	set_name(&request, tap);
	if (ioctl(sock, SIOCGIFFLAGS, &request) < 0)
		return -errno;
	request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
	return ioctl(sock, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

int tap_make(const char *bridge, struct error *err)
{
	_cleanup_close_ int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	_cleanup_close_ int fd = open_tun(err);
	struct ifreq made;
	int r;

	if (fd < 0)
		return fd;
	set_name(&made, "vfioadm%d");
	made.ifr_flags = FRAMES;
	if (sock < 0 || ioctl(fd, TUNSETIFF, &made) < 0)
		return error_errno(err, -errno, "a tap for the bridge %s cannot be made", bridge);
	r = adapt(sock, made.ifr_name, bridge);
	if (r == 0)
		r = join(sock, made.ifr_name, bridge);
	if (r < 0)
		return error_errno(err, r, "a tap cannot be joined to the bridge %s", bridge);
	return TAKE_FD(fd);
}

/* With more than one queue it has to be opened so; each descriptor is one queue. */
static short queue_flag(const char *name)
{
	char path[sizeof("/" NAME_NET_CLASS "//tun_flags") + IFNAMSIZ], text[32];
	uint64_t flags;

	snprintf(path, sizeof(path), "/" NAME_NET_CLASS "/%s/tun_flags", name);
	if (fileat_read(AT_FDCWD, path, text, sizeof(text)) < 0 ||
	    strncmp(text, "0x", 2) != 0 || parse_hex(text + 2, 1, 8, &flags) < 0)
		return 0;
	return (short)(flags & IFF_MULTI_QUEUE);
}

int tap_open(const char *name, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct ifreq request;

	/* The kernel would make one that is missing. */
	if (if_nametoindex(name) == 0)
		return error_set(err, -ENODEV, "%s: there is no such interface", name);
	fd = open_tun(err);
	if (fd < 0)
		return fd;
	set_name(&request, name);
	request.ifr_flags = (short)(FRAMES | queue_flag(name));
	if (ioctl(fd, TUNSETIFF, &request) == 0)
		return TAKE_FD(fd);
	if (errno == EBUSY)
		return error_set(err, -EBUSY, "%s: another guest, or some other process, has this "
				 "tap: stop that, or make another", name);
	return error_errno(err, -errno, "%s: cannot be opened as a tap", name);
}
