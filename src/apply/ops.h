/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/state.h"
#include "apply/patient.h"

struct apply;

/*
 * The only doors through which the host is changed. Tests put a made-up kernel behind them, which
 * can be told to fail. Each returns 0 or a negative errno with err set.
 */
struct apply_ops {
	/* One write of value to the attribute at path, below the root, within apply->timeout_ms. */
	int (*attr_write)(struct apply *apply, const char *path, const char *value,
			  struct error *err);
	int (*module_load)(struct apply *apply, const char *name, bool despite_blacklist,
			   struct error *err);
	/* Wait for /dev/vfio/N; changes nothing, but is answered by the world outside. */
	int (*node_wait)(struct apply *apply, const char *node, struct error *err);
};

/* The operations on the running kernel. */
extern const struct apply_ops kernel_ops;

/* What every step works with. */
struct apply {
	const struct host_root *root;
	const struct state *state;
	const struct apply_ops *ops;
	int timeout_ms; /* for each write, and each wait */
	struct helper helper; /* for what may hang; HELPER_NONE at first */
	bool keep_journal;    /* of a transaction that is done, to be undone later */
};

/* Default for timeout_ms: longer than any driver's orderly remove, shorter than patience. */
#define APPLY_TIMEOUT_S 30

/*
 * Load a module, or those that a modalias fits, and what they depend on; done when one could be
 * loaded. The only caller of libkmod that changes anything. It may not return: a job for a helper,
 * see patient_load().
 */
int module_load(const char *name, bool despite_blacklist, struct error *err) _must_check_;
