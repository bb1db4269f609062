/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/alloc.h"

/* A thousand times the longest message that is expected, the list of processors. */
#define MESSAGE_MAX (1 << 20)
#define CHUNK 4096

int qmp_open(int listening_fd, struct qmp *ret)
{
	struct sockaddr_un address;
	socklen_t len = sizeof(address);
	int fd, r;

	if (getsockname(listening_fd, (struct sockaddr *)&address, &len) < 0)
		return -errno;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, len) < 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	*ret = (struct qmp){ .fd = fd };
	return 0;
}

void qmp_close(struct qmp *qmp)
{
	cleanup_close(&qmp->fd);
	free(qmp->text);
	*qmp = (struct qmp)QMP_CLOSED;
}

/* So short a message fits the socket's buffer, or QEMU has long stopped to read. */
int qmp_send(struct qmp *qmp, const char *command)
{
	_cleanup_free_ char *text =
		xasprintf("{\"execute\": \"%s\", \"id\": \"%s\"}\n", command, command);
	ssize_t n = send(qmp->fd, text, strlen(text), MSG_NOSIGNAL);

	if (n < 0)
		return -errno;
	return n == (ssize_t)strlen(text) ? 0 : -EPIPE;
}

int qmp_receive(struct qmp *qmp)
{
	ssize_t n;

	if (qmp->size - qmp->len < CHUNK) {
		qmp->size = 2 * qmp->size + CHUNK;
		qmp->text = xreallocarray(qmp->text, qmp->size, 1);
	}
	do
		n = recv(qmp->fd, qmp->text + qmp->len, qmp->size - qmp->len, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	qmp->len += (size_t)n;
	return qmp->len > MESSAGE_MAX ? -EPROTO : 0;
}

int qmp_next(struct qmp *qmp, struct json_object **ret)
{
	char *end = qmp->len > 0 ? memchr(qmp->text, '\n', qmp->len) : NULL;
	struct error err;
	size_t len;
	int r;

	if (!end)
		return 0;
	*end = '\0';
	r = json_parse("QMP", qmp->text, ret, &err);
	len = (size_t)(end + 1 - qmp->text);
	qmp->len -= len;
	memmove(qmp->text, qmp->text + len, qmp->len);
	return r < 0 ? -EPROTO : 1;
}
