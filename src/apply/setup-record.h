/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/root.h"
#include "policy/setup-plan.h"

/*
 * What setup has changed, or is about to: NAME_SETUP_DIR/record.json, written before the first
 * change and gone after the last one of --undo. It has every file as it was and as it was written,
 * so that what a killed setup did can be told from the files themselves, and nothing that was
 * edited since is lost.
 */
struct setup_record {
	struct setup_plan plan;
	char *gpu;     /* its address */
	char *guest;   /* its name; NULL: no guest file was asked for */
	char *word;    /* that the kernel lacked; NULL: none */
	char *boot_id; /* of the boot that setup ran in */
	bool undoing;  /* --undo has begun */
};

/* 1: *ret is to be released; 0: there is none; or a negative errno. */
int setup_record_read(const struct host_root *root, struct setup_record *ret, struct error *err)
	_must_check_;
int setup_record_write(const struct host_root *root, const struct setup_record *record,
		       struct error *err) _must_check_;
int setup_record_remove(const struct host_root *root, struct error *err) _must_check_;
void setup_record_release(struct setup_record *record);

/* The kernel's name for this boot, to be freed; NULL: not known. */
char *setup_boot_id(const struct host_root *root);
