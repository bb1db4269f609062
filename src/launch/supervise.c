/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/supervise.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "launch/pinning.h"
#include "launch/qmp.h"

#define QUIT_TIMEOUT_MS 15000

enum stage {
	STAGE_RUNS,
	STAGE_POWERING_OFF, /* the guest was asked to */
	STAGE_QUITTING,	    /* QEMU was told to, or does so on its own */
	STAGE_KILLED,
};

struct supervision {
	pid_t pid; /* our child until it is reaped here, so never another's */
	const struct launch_options *options;
	struct qmp qmp;
	bool negotiated; /* the monitor takes commands */
	enum stage stage;
	int64_t deadline_ms; /* 0: none */
	bool paused;	     /* until the guest's threads are pinned */
	bool shut_down;	     /* QEMU is at its end, by its own word */
	struct error *err;
	int failed; /* 0, or the errno in err */
};

static void set_stage(struct supervision *s, enum stage stage, unsigned int timeout_ms)
{
	if (s->stage == STAGE_RUNS && s->options->events.stopping)
		s->options->events.stopping(s->options->events.data);
	s->stage = stage;
	s->deadline_ms = timeout_ms ? clock_now_ms() + timeout_ms : 0;
}

static unsigned int stop_timeout(const struct supervision *s)
{
	return s->options->stop_timeout_ms ? s->options->stop_timeout_ms
					   : LAUNCH_STOP_TIMEOUT_S * 1000;
}

static unsigned int quit_timeout(const struct supervision *s)
{
	return s->options->quit_timeout_ms ? s->options->quit_timeout_ms : QUIT_TIMEOUT_MS;
}

/* A guest that is still paused has nothing to lose. */
static void fail_pinning(struct supervision *s, int r)
{
	s->failed = r;
	s->paused = false;
	kill(s->pid, SIGTERM);
	set_stage(s, STAGE_QUITTING, quit_timeout(s));
}

/* The guest goes on without: signals take the monitor's place. */
static void give_up_qmp(struct supervision *s, const char *why)
{
	log_debug("QEMU (pid %d): its monitor is not used any more: %s", (int)s->pid, why);
	qmp_close(&s->qmp);
	s->negotiated = false;
	if (s->paused)
		fail_pinning(s, error_set(s->err, -EPROTO, "QEMU (pid %d): its threads cannot be "
					  "pinned: its monitor does not answer: %s", (int)s->pid,
					  why));
}

static bool command(struct supervision *s, const char *name)
{
	int r = s->qmp.fd >= 0 ? qmp_send(&s->qmp, name) : -ENOTCONN;

	if (r < 0 && s->qmp.fd >= 0)
		give_up_qmp(s, strerror(-r));
	return r == 0;
}

static void quit(struct supervision *s)
{
	if (!s->negotiated || !command(s, "quit"))
		kill(s->pid, SIGTERM);
	set_stage(s, STAGE_QUITTING, quit_timeout(s));
}

static void power_off(struct supervision *s)
{
	if (s->negotiated && command(s, "system_powerdown")) {
		log_info("the guest was asked to power off; it has %u s; when asked again, QEMU ends at "
			 "once", stop_timeout(s) / 1000);
		set_stage(s, STAGE_POWERING_OFF, stop_timeout(s));
		return;
	}
	kill(s->pid, SIGTERM);
	set_stage(s, STAGE_QUITTING, stop_timeout(s));
}

/* One terminal that closes sends several SIGHUP: the kernel, the shell and sudo each send theirs. */
static void stop_request(struct supervision *s, int sig)
{
	if (sig == SIGHUP && s->stage != STAGE_RUNS)
		return;
	log_debug("QEMU (pid %d): asked to stop by signal %d", (int)s->pid, sig);
	if (s->stage == STAGE_RUNS)
		power_off(s);
	else if (s->stage == STAGE_POWERING_OFF)
		quit(s);
	else if (s->stage == STAGE_QUITTING && !s->negotiated)
		kill(s->pid, SIGTERM);
}

static void deadline(struct supervision *s)
{
	if (s->stage == STAGE_POWERING_OFF) {
		log_info("the guest did not power off within %u s: telling QEMU to quit",
			 stop_timeout(s) / 1000);
		quit(s);
		return;
	}
	log_info("QEMU (pid %d): did not stop in time: killing it", (int)s->pid);
	kill(s->pid, SIGKILL);
	set_stage(s, STAGE_KILLED, 0);
}

static void status_known(struct supervision *s, struct json_object *answer)
{
	const char *status = json_get_string(answer, "status");

	if (!status || strcmp(status, "running") != 0)
		log_info("QEMU (pid %d): the guest does not run yet: %s", (int)s->pid,
			 status ? status : "unknown");
	else
		log_debug("QEMU (pid %d): the guest runs", (int)s->pid);
	if (s->options->events.runs)
		s->options->events.runs(s->options->events.data);
}

/* The guest is paused until QEMU has named all of its threads. */
static void pin(struct supervision *s, const char *id, struct json_object *answer)
{
	const struct guest *guest = s->options->pinned;
	bool vcpus = strcmp(id, "query-cpus-fast") == 0;
	int r = vcpus ? pinning_vcpus(guest, s->pid, answer, s->err)
		      : pinning_iothreads(guest, s->pid, answer, s->err);

	if (r < 0) {
		fail_pinning(s, r);
	} else if (vcpus) {
		command(s, "query-iothreads");
	} else {
		s->paused = false;
		command(s, "cont");
		command(s, "query-status");
	}
}

/* An answer tells by its id what was asked. */
static void handle_answer(struct supervision *s, const char *id, struct json_object *answer,
			  struct json_object *error)
{
	if (error)
		log_debug("QEMU (pid %d): %s: %s", (int)s->pid, id,
			  json_get_string(error, "desc") ? json_get_string(error, "desc") : "?");
	if (strcmp(id, "qmp_capabilities") == 0 && !error) {
		s->negotiated = true;
		command(s, s->paused ? "query-cpus-fast" : "query-status");
	} else if (s->paused && strncmp(id, "query-", strlen("query-")) == 0) {
		pin(s, id, answer);
	} else if (strcmp(id, "query-status") == 0) {
		status_known(s, answer);
	} else if (strcmp(id, "system_powerdown") == 0 && error &&
		   s->stage == STAGE_POWERING_OFF) {
		log_info("the guest cannot be asked to power off: telling QEMU to quit");
		quit(s);
	}
}

static void handle_event(struct supervision *s, const char *event, struct json_object *data)
{
	const char *reason = json_get_string(data, "reason");

	log_debug("QEMU (pid %d): event %s%s%s", (int)s->pid, event, reason ? ": " : "",
		  reason ? reason : "");
	if (strcmp(event, "GUEST_PANICKED") == 0)
		log_info("the guest's system has crashed");
	if (strcmp(event, "SHUTDOWN") != 0)
		return;
	s->shut_down = true;
	/* What is left is QEMU's to write out, and must not be cut short by the guest's deadline. */
	if (s->stage == STAGE_POWERING_OFF)
		set_stage(s, STAGE_QUITTING, stop_timeout(s));
}

static void handle_message(struct supervision *s, struct json_object *message)
{
	const char *event = json_get_string(message, "event");
	const char *id = json_get_string(message, "id");

	if (event)
		handle_event(s, event, json_get(message, "data"));
	else if (id)
		handle_answer(s, id, json_get(message, "return"), json_get(message, "error"));
	else if (json_get(message, "QMP"))
		command(s, "qmp_capabilities");
}

static void handle_qmp(struct supervision *s)
{
	struct json_object *message;
	int end = qmp_receive(&s->qmp), r = 0;

	while (s->qmp.fd >= 0 && (r = qmp_next(&s->qmp, &message)) > 0) {
		handle_message(s, message);
		json_free(message);
	}
	if (s->qmp.fd >= 0 && (end < 0 || r < 0))
		give_up_qmp(s, strerror(end < 0 ? -end : -r));
}

static void handle_signal(struct supervision *s, int signal_fd)
{
	struct signalfd_siginfo info;

	if (read(signal_fd, &info, sizeof(info)) == sizeof(info) && info.ssi_signo != SIGCHLD)
		stop_request(s, (int)info.ssi_signo);
}

static void wait_for_something(struct supervision *s, int signal_fd)
{
	struct pollfd events[] = { { .fd = signal_fd, .events = POLLIN },
				   { .fd = s->qmp.fd, .events = POLLIN } };
	int n = poll(events, ARRAY_SIZE(events),
		     s->deadline_ms ? clock_left_ms(s->deadline_ms) : -1);

	if (n == 0 && s->deadline_ms)
		deadline(s);
	if (n > 0 && events[1].revents)
		handle_qmp(s);
	if (n > 0 && events[0].revents)
		handle_signal(s, signal_fd);
}

/* Their end is no news once QEMU's own is near. */
static void watch_backends(struct supervision *s)
{
	if (s->options->backends)
		backends_watch(s->options->backends, s->stage != STAGE_RUNS || s->shut_down);
}

static void reach_monitor(struct supervision *s)
{
	int r = s->options->qmp_fd >= 0 ? qmp_open(s->options->qmp_fd, &s->qmp) : 0;

	if (r < 0)
		log_error("QEMU (pid %d): its monitor cannot be reached, so the guest cannot be "
			  "asked to power off: %s", (int)s->pid, strerror(-r));
	if (r < 0)
		give_up_qmp(s, strerror(-r));
}

static bool is_gone(pid_t pid, int *ret_status)
{
	pid_t r;

	do
		r = waitpid(pid, ret_status, WNOHANG);
	while (r < 0 && errno == EINTR);
	return r == pid;
}

int supervise(pid_t pid, const struct launch_options *options, int signal_fd, int *ret_status,
	      struct error *err)
{
	struct supervision s = { .pid = pid, .options = options, .qmp = QMP_CLOSED,
				 .paused = options->pinned != NULL, .err = err };

	reach_monitor(&s);
	while (!is_gone(pid, ret_status)) {
		watch_backends(&s);
		wait_for_something(&s, signal_fd);
	}
	qmp_close(&s.qmp);
	/* One that fails by itself has a status to tell of it. */
	return WIFEXITED(*ret_status) && WEXITSTATUS(*ret_status) != 0 ? 0 : s.failed;
}
