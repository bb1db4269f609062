/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "cmd/cmd.h"

/* All of it is made from the tables of commands, options, findings and exit codes. */
void help_program(FILE *out);
void help_command(FILE *out, const struct cmd *cmd);
void help_man_page(FILE *out);
void help_bash_completion(FILE *out);
void help_zsh_completion(FILE *out);
void help_fish_completion(FILE *out);

/*
 * What --help=FORM prints, or a plain --help where name is NULL: of one verb, or of the program where
 * cmd is NULL. root is what was said with --root.
 */
enum exit_code help_in_form(const struct cmd *cmd, const char *name, const char *root);

/* The forms there are, a line each: the name, a tab, what it is. */
void help_forms(FILE *out);

/* The same from the table of guest keys: for launch --help, and vfioadm-guest(5). */
void help_guest_keys(FILE *out);
void help_guest_page(FILE *out);

/* And from the table of claim keys: for claim --help, and vfioadm-claims(5). */
void help_claim_keys(FILE *out);
void help_claims_page(FILE *out);
