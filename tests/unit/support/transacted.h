/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <string.h>

#include "apply/txn.h"
#include "support/fake-kernel.h"
#include "support/hosts.h"
#include "support/test.h"

/* The time in every record. */
#define NOW 1700000000

/*
 * What is flushed to the journal and the records: can fail, and end the process, as a call can. In
 * every test program fsync() and fdatasync() only count.
 */
struct flush {
	size_t count, at;
	enum { FLUSH_FAILS, FLUSH_KILLS } kind;
};

extern struct flush flush;

/* A host, what is to be done on it, and what it looked like before. */
struct world {
	struct tree *tree;
	const char *device; /* what is to be bound, and given back */
	struct fake_kernel kernel;
	struct host host;
	struct targets targets;
	struct step_list plan;
	struct error err, remains;
	char *before;
};

/* A way to make a world, with a plan that has not been run. */
typedef void make_world(struct world *w);

/* Look at the tree, which it takes, and plan to bind the device. */
void world_on(struct world *w, struct tree *tree, const char *device);
void world_release(struct world *w);
void plan_to_bind(struct world *w);
void plan_to_keep(struct world *w, const char *claim);
void plan_to_unbind(struct world *w);
void plan_to_unbind_with_reset(struct world *w);

/* The transaction; the start of another vfioadm; and its recover, if there is a journal. */
enum txn_result run(struct world *w);
void reopen(struct world *w);
enum txn_result recover(struct world *w);

bool has_journal(struct world *w);
bool has_record(struct world *w, const char *addr);
void assert_driver(struct world *w, const char *addr, const char *expected);
void assert_override(struct world *w, const char *addr, const char *expected);
void assert_nothing_to_recover(struct world *w);

/* The tree, without what no transaction puts back; what and n are for the message. */
char *snapshot(struct tree *tree);
void assert_as_before(struct world *w, const char *what, size_t n);
bool starts_with(const char *text, const char *start);

/* How many calls, and flushes, a success takes. */
size_t count_calls(make_world *make, size_t *flushes);
size_t calls_of_a_run_that_fails_at(make_world *make, size_t n);

/* Every call fails in turn, or every flush: all is as before. */
void fail_each_call(make_world *make, enum fault_kind kind, void (*assert_done)(struct world *w));
void fail_each_flush(make_world *make);

/* Run in a process of its own that is expected to be killed. */
void run_and_be_killed(struct world *w, void (*prepare)(struct world *w, size_t n), size_t n);
void kill_before(struct world *w, size_t n);
void kill_after(struct world *w, size_t n);
void kill_at_flush(struct world *w, size_t n);

/* Killed at each moment, then recovered: all is as before. */
void kill_at_each(make_world *make, void (*prepare)(struct world *w, size_t n), size_t moments);
void kill_everywhere(make_world *make); /* before and after each call, at each flush */
void kill_in_each_rollback(make_world *make);
