/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/alloc.h"
#include "launch/preflight-parts.h"

/* False for a host name, whose addresses QEMU will look up. */
static bool make_address(const char *host, unsigned int port, struct sockaddr_storage *ret,
			 socklen_t *ret_len)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
		memcpy(ret, &v4, sizeof(v4));
		*ret_len = sizeof(v4);
		return true;
	}
	memcpy(ret, &v6, sizeof(v6));
	*ret_len = sizeof(v6);
	return inet_pton(AF_INET6, host, &((struct sockaddr_in6 *)ret)->sin6_addr) == 1;
}

/* 0, or the errno of bind(2), which is what QEMU will do. */
static int try_port(bool udp, const char *host, unsigned int port)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_storage address = { 0 };
	socklen_t len;
	int yes = 1;

	if (!make_address(host, port, &address, &len))
		return 0;
	fd = socket(address.ss_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	/* As QEMU does: connections of an earlier guest that linger are no hindrance. */
	if (!udp)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	return bind(fd, (struct sockaddr *)&address, len) < 0 ? errno : 0;
}

static void check_port(const struct guest *guest, unsigned int line, bool udp, const char *host,
		       unsigned int port, struct strv *problems)
{
	int why = try_port(udp, host, port);

	if (why == EADDRINUSE)
		strv_addf(problems,
			  "%s:%u: %s port %u of %s: something listens there already: give the guest "
			  "another, or stop that (ss -l%cp names it)",
			  guest->file, line, udp ? "UDP" : "TCP", port, host, udp ? 'u' : 't');
	else if (why == EADDRNOTAVAIL)
		strv_addf(problems, "%s:%u: %s: is no address of this host", guest->file, line, host);
}

/* QEMU removes whatever has the name, and does not make directories. */
static void check_place(const struct guest *guest, const struct value_text *path,
			struct strv *problems)
{
	_cleanup_free_ char *directory = xstrdup(path->text);
	char *slash = strrchr(directory, '/');
	struct stat st;

	if (stat(path->text, &st) == 0 && !S_ISSOCK(st.st_mode)) {
		strv_addf(problems, "%s:%u: %s: is there and no socket, and QEMU would remove it: name "
			  "another path", guest->file, path->line, path->text);
		return;
	}
	slash[slash == directory] = '\0';
	if (stat(directory, &st) < 0 && errno == ENOENT)
		strv_addf(problems, "%s:%u: %s: there is no such directory: make it, for the user that "
			  "QEMU runs as, or name another", guest->file, path->line, directory);
}

/* One that answers belongs to somebody. */
static void check_socket(const struct guest *guest, const struct value_text *path,
			 struct strv *problems)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;

	if (!path->text)
		return;
	if (strlen(path->text) >= sizeof(address.sun_path)) {
		strv_addf(problems, "%s:%u: %s: too long for a socket: %zu bytes at most",
			  guest->file, path->line, path->text, sizeof(address.sun_path) - 1);
		return;
	}
	check_place(guest, path, problems);
	strcpy(address.sun_path, path->text);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ||
			errno == EAGAIN))
		strv_addf(problems, "%s:%u: %s: something listens there already", guest->file,
			  path->line, path->text);
}

static void check_forwards(const struct guest *guest, const struct value_forwards *forwards,
			   struct strv *problems)
{
	for (size_t i = 0; i < forwards->count; i++)
		check_port(guest, forwards->line, forwards->items[i].udp, forwards->items[i].host,
			   forwards->items[i].host_port, problems);
}

void preflight_ports(const struct guest *guest, struct strv *problems)
{
	const struct guest_monitor *monitor = &guest->monitor;

	if (guest->spice.at.line && !guest->spice.unix_path.text)
		check_port(guest, guest->spice.at.line, false, guest->spice.listen.text,
			   guest->spice.port, problems);
	if (guest->vnc.at.line && !guest->vnc.unix_path.text)
		check_port(guest, guest->vnc.at.line, false, guest->vnc.listen.text,
			   guest->vnc.port, problems);
	if (monitor->telnet.host)
		check_port(guest, monitor->telnet.line, false, monitor->telnet.host,
			   monitor->telnet.port, problems);
	for (size_t i = 0; i < guest->net_count; i++)
		check_forwards(guest, &guest->nets[i].forward, problems);
	check_socket(guest, &guest->spice.unix_path, problems);
	check_socket(guest, &guest->vnc.unix_path, problems);
	check_socket(guest, &monitor->unix_path, problems);
	for (size_t i = 0; i < guest->qmp_count; i++)
		check_socket(guest, &guest->qmps[i].unix_path, problems);
	for (size_t i = 0; i < guest->serial_count; i++)
		if (guest->serials[i].type == GUEST_SERIAL_UNIX)
			check_socket(guest, &guest->serials[i].path, problems);
}
