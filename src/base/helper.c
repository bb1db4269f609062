/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/process.h"

/* The child is a copy of us, so that a function of ours is one of its own. */
struct request {
	enum { REQUEST_READ, REQUEST_WRITE, REQUEST_JOB } kind;
	char path[HELPER_PATH_MAX + 1]; /* the subject of a job */
	char value[HELPER_VALUE_MAX + 1];
	helper_job *job;
	bool flag;
};

struct answer {
	ssize_t result;
	size_t len; /* of what is in value: what was read, a job's message */
	char value[4096];
};

/* No more of it than is filled goes to the other side. */
static size_t answer_size(const struct answer *answer)
{
	return offsetof(struct answer, value) + answer->len;
}

/* The descriptors of the child, which has no others. */
enum { CHILD_SOCKET = 3, CHILD_DIRECTORY = 4 };

static void read_or_write(const struct request *request, struct answer *answer)
{
	bool is_write = request->kind == REQUEST_WRITE;
	int fd = openat(CHILD_DIRECTORY, request->path, (is_write ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	size_t len = strlen(request->value);

	if (fd < 0)
		answer->result = -errno;
	else if (!is_write)
		answer->result = read(fd, answer->value, sizeof(answer->value));
	else
		/* sysfs takes each write(2) as one command: a retried tail would be another. */
		answer->result = write(fd, request->value, len);
	if (fd >= 0 && answer->result < 0)
		answer->result = -errno;
	else if (is_write && answer->result >= 0)
		answer->result = answer->result == (ssize_t)len ? 0 : -EIO;
	answer->len = !is_write && answer->result > 0 ? (size_t)answer->result : 0;
	if (fd >= 0)
		close(fd);
}

static void do_job(const struct request *request, struct answer *answer)
{
	struct error err = { 0 };

	answer->result = request->job(request->path, request->flag, &err);
	answer->len = answer->result < 0 ? strlen(err.msg) : 0;
	memcpy(answer->value, err.msg, answer->len);
}

static bool next_request(struct request *request)
{
	ssize_t n;

	do
		n = recv(CHILD_SOCKET, request, sizeof(*request), 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*request);
}

static _noreturn_ void serve(int socket, int dirfd)
{
	struct request request;
	struct answer answer;
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_NAME, "vfioadm-helper");
	/* A terminal's ^C is for the parent; it must come to an orderly end of its own. */
	setsid();
	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		dup2(null, fd);
	if (dup2(socket, CHILD_SOCKET) < 0 || dup2(dirfd, CHILD_DIRECTORY) < 0)
		_exit(1);
	/* Our own end of the socket must not stay open. */
	process_close_from(CHILD_DIRECTORY + 1);
	while (next_request(&request)) {
		if (request.kind == REQUEST_JOB)
			do_job(&request, &answer);
		else
			read_or_write(&request, &answer);
		if (send(CHILD_SOCKET, &answer, answer_size(&answer), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

/* A child that someone killed while it had no work is replaced: nothing was lost with it. */
static void bury_if_dead(struct helper *helper)
{
	struct pollfd event = { .fd = helper->socket };

	if (helper->pid > 0 && poll(&event, 1, 0) > 0 && event.revents & POLLHUP)
		helper_stop(helper);
}

static struct helper kept = HELPER_NONE;

void helper_keep(struct helper *helper)
{
	helper_stop_kept();
	kept = *helper;
	*helper = (struct helper)HELPER_NONE;
}

void helper_stop_kept(void)
{
	helper_stop(&kept);
}

static bool take_kept(struct helper *helper, const struct stat *directory)
{
	bury_if_dead(&kept);
	if (kept.pid <= 0 || kept.dev != directory->st_dev || kept.ino != directory->st_ino)
		return false;
	*helper = kept;
	kept = (struct helper)HELPER_NONE;
	return true;
}

static int start(struct helper *helper, int dirfd)
{
	int pair[2], child_socket, child_dirfd, r;
	struct stat directory;

	if (helper->pid > 0)
		return 0;
	if (fstat(dirfd, &directory) < 0)
		return -errno;
	if (take_kept(helper, &directory))
		return 0;
	/* SEQPACKET: a message is a message, and the end of one side is seen by the other. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	/* High numbers, so that the child's dup2() cannot overwrite what it copies from. */
	child_socket = fcntl(pair[1], F_DUPFD_CLOEXEC, 10);
	child_dirfd = fcntl(dirfd, F_DUPFD_CLOEXEC, 10);
	close(pair[1]);
	helper->pid = child_socket < 0 || child_dirfd < 0 ? -1 : fork();
	if (helper->pid == 0)
		serve(child_socket, child_dirfd);
	r = helper->pid < 0 ? -errno : 0;
	cleanup_close(&child_socket);
	cleanup_close(&child_dirfd);
	helper->socket = pair[0];
	helper->dev = directory.st_dev;
	helper->ino = directory.st_ino;
	if (r < 0)
		helper_abandon(helper);
	return r;
}

static int submit(struct helper *helper, int dirfd, struct request *request, const char *path,
		  const char *value)
{
	int r;

	if (strlen(path) > HELPER_PATH_MAX || strlen(value) > HELPER_VALUE_MAX)
		return -ENAMETOOLONG;
	strcpy(request->path, path);
	strcpy(request->value, value);
	bury_if_dead(helper);
	r = start(helper, dirfd);
	if (r == 0 && send(helper->socket, request, sizeof(*request), MSG_NOSIGNAL) < 0)
		r = -errno;
	return r;
}

int helper_write(struct helper *helper, int dirfd, const char *path, const char *value)
{
	struct request request = { .kind = REQUEST_WRITE };

	return submit(helper, dirfd, &request, path, value);
}

int helper_read(struct helper *helper, int dirfd, const char *path)
{
	struct request request = { .kind = REQUEST_READ };

	return submit(helper, dirfd, &request, path, "");
}

int helper_run(struct helper *helper, int dirfd, helper_job *job, const char *subject, bool flag)
{
	struct request request = { .kind = REQUEST_JOB, .job = job, .flag = flag };

	return submit(helper, dirfd, &request, subject, "");
}

static int receive(int socket, struct answer *answer)
{
	ssize_t n;

	do
		n = recv(socket, answer, sizeof(*answer), 0);
	while (n < 0 && errno == EINTR);
	return n >= (ssize_t)offsetof(struct answer, value) &&
			       answer->len <= sizeof(answer->value) &&
			       n == (ssize_t)answer_size(answer)
		       ? 0
		       : -EPIPE;
}

ssize_t helper_wait(struct helper *helper, int timeout_ms, char *buf, size_t size)
{
	struct pollfd event = { .fd = helper->socket, .events = POLLIN };
	struct answer answer;
	size_t len;
	int r;

	/* Even without memory for the look it goes on: the work is under way, and its answer is to come. */
	do
		r = poll(&event, 1, timeout_ms);
	while (r < 0 && (errno == EINTR || errno == ENOMEM));
	if (r == 0)
		return -ETIMEDOUT;
	/* What may still come must not pass for the answer to the next request. */
	if (r < 0) {
		helper_abandon(helper);
		return -EPIPE;
	}
	if (receive(helper->socket, &answer) < 0) {
		helper_stop(helper);
		return -EPIPE;
	}
	if (answer.len == 0 && size > 0)
		buf[0] = '\0';
	if (answer.len == 0 || size == 0)
		return answer.result;
	len = answer.len < size ? answer.len : size - 1;
	while (len > 0 && answer.value[len - 1] == '\n')
		len--;
	memcpy(buf, answer.value, len);
	buf[len] = '\0';
	return answer.result < 0 ? answer.result : (ssize_t)len;
}

/* The first line of /proc/PID/NAME of the child. */
static bool read_proc(const struct helper *helper, const char *name, char *buf, size_t size)
{
	char path[32];
	FILE *file;
	bool read;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)helper->pid, name);
	file = fopen(path, "re");
	read = file && fgets(buf, (int)size, file);
	if (file)
		fclose(file);
	return read;
}

void helper_describe(const struct helper *helper, char *buf, size_t size)
{
	if (!read_proc(helper, "wchan", buf, size) || strcmp(buf, "0") == 0)
		snprintf(buf, size, "unknown");
}

/* proc_pid_stat(5): the state is behind the name, which is in parentheses and may have some. */
bool helper_runs(const struct helper *helper)
{
	char text[256];
	const char *name_end = read_proc(helper, "stat", text, sizeof(text)) ? strrchr(text, ')') : NULL;

	return name_end && strncmp(name_end, ") R", 3) == 0;
}

/* No kill: a task in an uninterruptible sleep does not die of it, and its work is still wanted. */
void helper_abandon(struct helper *helper)
{
	cleanup_close(&helper->socket);
	*helper = (struct helper)HELPER_NONE;
}

void helper_stop(struct helper *helper)
{
	pid_t pid = helper->pid;

	helper_abandon(helper);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
