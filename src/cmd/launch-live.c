/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/helper.h"
#include "base/log.h"
#include "base/notify.h"
#include "cmd/detach.h"
#include "cmd/guest-return.h"
#include "cmd/launch.h"
#include "host/names.h"
#include "launch/guest-access.h"
#include "launch/pinning.h"
#include "launch/run.h"

/* What the events of the guest's life need. */
struct life {
	struct launch *launch;
	struct invocation *invocation;
	struct running_guest record;
	struct detached detached;
	struct net_fds nets;
	bool runs;
	bool stuck; /* recover needs what is on record */
};

static int write_record(struct life *life, struct error *err)
{
	return guest_dir_record(&life->launch->dir, &life->record, err);
}

static int started(pid_t pid, void *data, struct error *err)
{
	struct life *life = data;
	int r = process_find(&life->invocation->root, pid, &life->record.qemu);

	if (r < 0)
		return error_errno(err, r, "guest %s: QEMU's process cannot be found",
				   life->launch->guest.name);
	return write_record(life, err);
}

static void runs(void *data)
{
	struct life *life = data;
	const char *name = life->launch->guest.name;

	life->runs = true;
	notify("READY=1\nSTATUS=the guest runs");
	if (life->detached.log_fd >= 0)
		log_info("guest %s: runs, QEMU is pid %d; " NAME_LOG_DIR "/%s.log is its log; to power "
			 "it off, run   kill %d", name, (int)life->record.qemu.pid, name,
			 (int)getpid());
	else
		log_info("guest %s: runs, QEMU is pid %d%s", name, (int)life->record.qemu.pid,
			 isatty(STDIN_FILENO) ? "; Ctrl-C asks it to power off" : "");
	detached_ready(&life->detached);
}

static void stopping(void *data)
{
	(void)data;
	notify("STOPPING=1\nSTATUS=the guest was asked to power off");
}

static int begin_record(struct life *life, struct error *err)
{
	const struct targets *targets = &life->launch->change.targets;
	int r = process_find(&life->invocation->root, getpid(), &life->record.supervisor);

	if (r < 0)
		return error_errno(err, r, "guest %s: cannot find this process",
				   life->launch->guest.name);
	life->record.since = time(NULL);
	for (size_t i = 0; i < targets->count; i++)
		strv_add(&life->record.devices, pci_addr_text(targets->items[i]->addr).text);
	return write_record(life, err);
}

static int backend_started(const struct backend *backend, void *data, struct error *err)
{
	struct life *life = data;
	struct process process;
	int r = process_find(&life->invocation->root, backend->pid, &process);

	if (r < 0)
		return error_errno(err, r, "guest %s: the process of %s cannot be found",
				   life->launch->guest.name, backend->name);
	running_guest_add_backend(&life->record, backend->name, process);
	return write_record(life, err);
}

/* Before the host gives up a device: what is wrong with them shows in time. */
static int start_backends(struct life *life, struct error *err)
{
	struct launch *launch = life->launch;
	struct backends *backends = &launch->qemu.backends;
	int r = 0;

	for (size_t i = 0; i < backends->count && r >= 0; i++) {
		struct backend_options options = {
			.user = &launch->user,
			.output_fd = life->detached.log_fd,
			.started = backend_started,
			.data = life,
		};

		options.listen_fd = guest_dir_listen(&launch->dir, backends->items[i].name,
						     launch->user.uid, launch->user.gid, err);
		r = options.listen_fd;
		if (r >= 0)
			r = backend_start(&backends->items[i], &options, err);
		cleanup_close(&options.listen_fd);
	}
	return r;
}

static bool uses_terminal(const struct guest *guest)
{
	for (size_t i = 0; i < guest->serial_count; i++)
		if (guest->serials[i].type == GUEST_SERIAL_STDIO)
			return true;
	return false;
}

/* Its end is the exit status: QEMU's, or why there was none. */
static int run_qemu(struct life *life)
{
	struct launch *launch = life->launch;
	struct launch_options options = {
		.memory = launch->guest.board.memory.bytes,
		.fds = &launch->qemu.fds,
		.nets = &life->nets,
		.stop_timeout_ms = life->invocation->options->stop_timeout_ms,
		.user = &launch->user,
		.output_fd = life->detached.log_fd,
		.own_group = !uses_terminal(&launch->guest),
		.pinned = pinning_wanted(&launch->guest) ? &launch->guest : NULL,
		.backends = &launch->qemu.backends,
		.events = { started, runs, stopping, life },
	};
	struct error err;
	int status = 0, r;

	options.qmp_fd = guest_dir_listen(&launch->dir, GUEST_DIR_QMP, 0, 0, &err);
	r = options.qmp_fd;
	if (r >= 0 && backends_check(&launch->qemu.backends, &err) < 0)
		r = err.code;
	if (r >= 0 && vfio_fds_open(&life->invocation->root, &launch->qemu.fds, &err) < 0)
		r = err.code;
	if (r >= 0 && option_given(life->invocation->options, OPTION_EXEC)) {
		r = started(getpid(), life, &err);
		if (r == 0) {
			log_info("guest %s: becoming QEMU; when it has ended, run vfioadm recover",
				 launch->guest.name);
			r = launch_exec(&launch->qemu.argv, &options, &err);
		}
	} else if (r >= 0) {
		r = launch_run(&launch->qemu.argv, &options, &status, &err);
	}
	cleanup_close(&options.qmp_fd);
	/* A device that is open here cannot be unbound. */
	vfio_fds_close(&launch->qemu.fds);
	net_fds_close(&life->nets);
	return r < 0 ? (int)fail(&err, CODE_UNDONE) : status;
}

static int live(struct life *life)
{
	struct launch *launch = life->launch;
	enum exit_code code;
	struct error err;
	int status;

	if (begin_record(life, &err) < 0 || firmware_make_vars("", &launch->qemu.firmware, &err) < 0 ||
	    guest_files_make(&launch->guest, &launch->qemu.firmware, &launch->user, &err) < 0 ||
	    net_fds_open(&launch->guest, launch->qemu.facts.have_vhost, &life->nets, &err) < 0 ||
	    backends_make_state("", &launch->guest, &launch->user, &err) < 0 ||
	    start_backends(life, &err) < 0)
		return fail(&err, CODE_FAILED);
	code = launch->change.plan.count > 0
		       ? change_apply_for_guest(&launch->change, life->invocation, &launch->dir)
		       : CODE_DONE;
	life->stuck = code == CODE_STUCK;
	if (code != CODE_DONE)
		return code;
	status = run_qemu(life);
	if (life->detached.log_fd >= 0 && !life->runs)
		log_error("guest %s: QEMU ended before the guest ran, with status %d: " NAME_LOG_DIR
			  "/%s.log tells what it said", launch->guest.name, status,
			  launch->guest.name);
	code = guest_return_devices(&launch->dir, life->invocation);
	life->stuck = code != CODE_DONE;
	return code == CODE_DONE ? status : (int)code;
}

/* Requests to stop wait until QEMU is there to have them: a card is never left half given. */
static void hold_signals(sigset_t *before)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&held, signals[i]);
	sigprocmask(SIG_BLOCK, &held, before);
}

static int open_log(const char *guest, struct error *err)
{
	_cleanup_free_ char *path = xasprintf(NAME_LOG_DIR "/%s.log", guest);
	int fd;

	if (mkdir(NAME_LOG_DIR, 0750) < 0 && errno != EEXIST)
		return error_errno(err, -errno, NAME_LOG_DIR ": cannot be made");
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? error_errno(err, -errno, "%s: cannot be written", path) : fd;
}

static int go_to_background(struct life *life, struct error *err)
{
	int log_fd = open_log(life->launch->guest.name, err);
	int r = log_fd < 0 ? log_fd : detach(log_fd, &life->detached);

	if (r < 0 && log_fd >= 0) {
		error_errno(err, r, "guest %s: cannot go to the background",
			    life->launch->guest.name);
		close(log_fd);
	}
	return r;
}

int launch_live(struct launch *launch, struct invocation *invocation)
{
	struct life life = {
		.launch = launch, .invocation = invocation, .detached = DETACHED_NOT,
	};
	struct error err;
	sigset_t before;
	int status;

	/* It would be a second process for as long as the guest runs, and of a parent that has gone. */
	helper_stop_kept();
	if (option_given(invocation->options, OPTION_DETACH) && go_to_background(&life, &err) < 0)
		return fail(&err, CODE_FAILED);
	life.record.name = launch->guest.name;
	hold_signals(&before);
	status = live(&life);
	net_fds_close(&life.nets);
	backends_stop(&launch->qemu.backends);
	if (!life.stuck && guest_dir_clear(&launch->dir, &err) < 0)
		status = (int)fail(&err, CODE_STUCK);
	detached_end(&life.detached, status);
	cleanup_close(&life.detached.log_fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	life.record.name = NULL; /* the guest's */
	running_guest_release(&life.record);
	return status;
}
