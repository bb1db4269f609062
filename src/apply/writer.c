/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"

/* How often a wait says that it is still waiting. */
#define PROGRESS_MS 5000

struct request {
	char path[192];
	char value[128];
};

static int write_attribute(int root_fd, const struct request *request)
{
	int fd = openat(root_fd, request->path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(request->value);
	ssize_t n;

	if (fd < 0)
		return -errno;
	/* sysfs hands each write(2) to the driver as one command: a retried tail would be another. */
	n = write(fd, request->value, len);
	n = n < 0 ? -errno : n == (ssize_t)len ? 0 : -EIO;
	close(fd);
	return (int)n;
}

/* The child keeps the socket and the root, and nothing that someone else might wait for. */
static _noreturn_ void serve(int socket, int root_fd)
{
	struct request request;
	int null = open("/dev/null", O_RDWR), result;

	/* A terminal's ^C is for the parent; it must come to an orderly end of its own. */
	setsid();
	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		dup2(null, fd);
	if (dup2(socket, 3) < 0 || dup2(root_fd, 4) < 0)
		_exit(1);
	close_range(5, ~0U, 0);
	while (recv(3, &request, sizeof(request), 0) == (ssize_t)sizeof(request)) {
		result = write_attribute(4, &request);
		if (send(3, &result, sizeof(result), MSG_NOSIGNAL) != (ssize_t)sizeof(result))
			break;
	}
	_exit(0);
}

static int start(struct writer *writer, const struct host_root *root)
{
	int pair[2];

	if (writer->pid > 0)
		return 0;
	/* SEQPACKET: one request, one answer, and an end that the other side sees. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	/* High numbers, so that the child's dup2() to 3 and 4 cannot overwrite its sources. */
	int socket = fcntl(pair[1], F_DUPFD_CLOEXEC, 10);
	int root_fd = fcntl(root->fd, F_DUPFD_CLOEXEC, 10);

	close(pair[1]);
	writer->pid = socket < 0 || root_fd < 0 ? -1 : fork();
	if (writer->pid == 0)
		serve(socket, root_fd);
	cleanup_close(&socket);
	cleanup_close(&root_fd);
	if (writer->pid < 0) {
		close(pair[0]);
		*writer = (struct writer)WRITER_NONE;
		return -EAGAIN;
	}
	writer->socket = pair[0];
	return 0;
}

/* The state of a stuck write, for whoever has to find out why: the kernel function it sleeps in. */
static void describe_stuck(pid_t pid, char *buf, size_t size)
{
	char path[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
	file = fopen(path, "re");
	if (!file || !fgets(buf, (int)size, file) || strcmp(buf, "0") == 0)
		snprintf(buf, size, "unknown");
	if (file)
		fclose(file);
}

static int wait_for_answer(struct writer *writer, const struct request *request, int timeout_ms)
{
	struct pollfd answer = { .fd = writer->socket, .events = POLLIN };
	int64_t started = clock_now_ms(), deadline = started + timeout_ms;
	int result;

	for (;;) {
		int left = clock_left_ms(deadline), r;

		r = poll(&answer, 1, left < PROGRESS_MS ? left : PROGRESS_MS);
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r > 0)
			break;
		if (r == 0 && left <= PROGRESS_MS)
			return -ETIMEDOUT;
		if (r == 0)
			log_info("/%s: still waiting, %d s of %d", request->path,
				 (int)((clock_now_ms() - started) / 1000), timeout_ms / 1000);
	}
	if (recv(writer->socket, &result, sizeof(result), 0) != (ssize_t)sizeof(result))
		return -EPIPE;
	return result;
}

int writer_write(struct writer *writer, const struct host_root *root, const char *path,
		 const char *value, int timeout_ms, struct error *err)
{
	struct request request = { 0 };
	char where[64];
	int r;

	if (strlen(path) >= sizeof(request.path) || strlen(value) >= sizeof(request.value))
		return error_set(err, -ENAMETOOLONG, "/%s: too long to write", path);
	strcpy(request.path, path);
	strcpy(request.value, value);
	r = start(writer, root);
	if (r < 0)
		return error_errno(err, r, "/%s: cannot start a process for the write", path);
	if (send(writer->socket, &request, sizeof(request), MSG_NOSIGNAL) < 0)
		r = -EPIPE;
	else
		r = wait_for_answer(writer, &request, timeout_ms);
	if (r == -ETIMEDOUT) {
		describe_stuck(writer->pid, where, sizeof(where));
		error_set(err, r, "/%s: the kernel did not return from this write within %d s "
			  "(process %d sleeps in %s): something still uses the device", path,
			  timeout_ms / 1000, (int)writer->pid, where);
		/* No kill: a task in an uninterruptible sleep would not die of it. */
		cleanup_close(&writer->socket);
		*writer = (struct writer)WRITER_NONE;
		return r;
	}
	return r < 0 ? error_errno(err, r, "/%s: cannot write %s", path,
				   *value == '\n' ? "a newline" : value) : 0;
}

void writer_stop(struct writer *writer)
{
	if (writer->pid <= 0)
		return;
	cleanup_close(&writer->socket);
	while (waitpid(writer->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*writer = (struct writer)WRITER_NONE;
}
