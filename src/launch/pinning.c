/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/pinning.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

#define CPUS	 (VALUE_CPU_LAST + 1)
#define SET_SIZE CPU_ALLOC_SIZE(CPUS)

typedef cpu_set_t cpus[SET_SIZE / sizeof(cpu_set_t)];

bool pinning_wanted(const struct guest *guest)
{
	return guest->cpu.pin.text || guest->cpu.emulator_pin.text || guest->cpu.iothread_pin.text;
}

static void set_of(const struct value_cpus *wanted, cpus ret)
{
	CPU_ZERO_S(SET_SIZE, ret);
	for (size_t i = 0; i < wanted->count; i++)
		CPU_SET_S(wanted->items[i], SET_SIZE, ret);
}

/* Within a cpuset the kernel takes what it can, and says nothing. */
static int set_affinity(pid_t tid, const cpus wanted)
{
	cpus now;

	if (sched_setaffinity(tid, SET_SIZE, wanted) < 0)
		return -errno;
	CPU_ZERO_S(SET_SIZE, now);
	if (sched_getaffinity(tid, SET_SIZE, now) < 0)
		return -errno;
	return CPU_EQUAL_S(SET_SIZE, now, wanted) ? 0 : -EINVAL;
}

static void try_each(const struct guest *guest, const char *key, const struct value_cpus *wanted,
		     struct strv *problems)
{
	for (size_t i = 0; i < wanted->count; i++) {
		cpus set;
		int r;

		CPU_ZERO_S(SET_SIZE, set);
		CPU_SET_S(wanted->items[i], SET_SIZE, set);
		r = set_affinity(0, set);
		if (r < 0) {
			strv_addf(problems,
				  "%s:%u: %s=%s: no process can be put on processor %u from here: "
				  "%s: it is offline, or kept from us by a cpuset (AllowedCPUs= of "
				  "the unit)",
				  guest->file, wanted->line, key, wanted->text, wanted->items[i],
				  strerror(-r));
			return;
		}
	}
}

void pinning_try(const struct guest *guest, struct strv *problems)
{
	cpus before;

	CPU_ZERO_S(SET_SIZE, before);
	if (sched_getaffinity(0, SET_SIZE, before) < 0)
		return;
	try_each(guest, "pin", &guest->cpu.pin, problems);
	try_each(guest, "emulator-pin", &guest->cpu.emulator_pin, problems);
	try_each(guest, "iothread-pin", &guest->cpu.iothread_pin, problems);
	if (sched_setaffinity(0, SET_SIZE, before) < 0)
		log_debug("cannot go back to all processors: %s", strerror(errno));
}

int pinning_start(const struct guest *guest, pid_t pid, struct error *err)
{
	const struct value_cpus *wanted = &guest->cpu.emulator_pin;
	cpus set;
	int r;

	if (!wanted->text)
		return 0;
	set_of(wanted, set);
	r = set_affinity(pid, set);
	return r < 0 ? error_errno(err, r,
				   "%s:%u: emulator-pin=%s: QEMU (pid %d) cannot be put there",
				   guest->file, wanted->line, wanted->text, (int)pid)
		     : 0;
}

/* QEMU's word alone would let it move any thread of this host. */
static int set_thread(const struct guest *guest, pid_t pid, struct json_object *thread,
		      const char *what, const cpus set, struct error *err)
{
	int64_t tid = json_get_int(thread, "thread-id", 0);
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/task/%lld", (int)pid, (long long)tid);
	r = tid > 0 && access(path, F_OK) == 0 ? set_affinity((pid_t)tid, set) : -ESRCH;
	return r < 0 ? error_errno(err, r, "guest %s: the thread of %s cannot be pinned",
				   guest->name, what)
		     : 0;
}

/* A thread that nothing is said of goes where vfioadm may go, not where emulator-pin sent QEMU. */
static void set_or_ours(const struct value_cpus *wanted, cpus ret)
{
	CPU_ZERO_S(SET_SIZE, ret);
	if (wanted->text)
		set_of(wanted, ret);
	else
		(void)!sched_getaffinity(0, SET_SIZE, ret);
}

int pinning_vcpus(const struct guest *guest, pid_t pid, struct json_object *answer,
		  struct error *err)
{
	const struct value_cpus *wanted = &guest->cpu.pin;
	size_t count = json_length(answer);
	cpus set;
	int r = 0;

	if (count != guest_cpu_count(guest))
		return error_set(err, -EPROTO, "guest %s: QEMU tells of %zu processors, not %u",
				 guest->name, count, guest_cpu_count(guest));
	set_or_ours(wanted, set);
	for (size_t i = 0; i < count && r == 0; i++) {
		struct json_object *vcpu = json_at(answer, i);
		int64_t index = json_get_int(vcpu, "cpu-index", -1);
		char what[32];

		if (index < 0 || index >= (int64_t)count)
			return error_set(err, -EPROTO, "guest %s: QEMU tells of a processor %lld",
					 guest->name, (long long)index);
		if (wanted->text) {
			CPU_ZERO_S(SET_SIZE, set);
			CPU_SET_S(wanted->items[index], SET_SIZE, set);
		}
		snprintf(what, sizeof(what), "processor %d", (int)index);
		r = set_thread(guest, pid, vcpu, what, set, err);
	}
	return r;
}

int pinning_iothreads(const struct guest *guest, pid_t pid, struct json_object *answer,
		      struct error *err)
{
	cpus set;
	int r = 0;

	if (!answer)
		return error_set(err, -EPROTO, "guest %s: QEMU does not tell of its I/O threads",
				 guest->name);
	set_or_ours(&guest->cpu.iothread_pin, set);
	for (size_t i = 0; i < json_length(answer) && r == 0; i++) {
		const char *id = json_get_string(json_at(answer, i), "id");

		r = set_thread(guest, pid, json_at(answer, i), id ? id : "?", set, err);
	}
	return r;
}
