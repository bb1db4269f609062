/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "launch/guest.h"

/*
 * Every section and key that a guest file knows: the one table behind the parser, "did you mean",
 * --help and the manual.
 */
struct guest_key {
	const char *key;
	enum value_type type;
	size_t offset;	      /* of the value in its section's struct */
	const char *choices;  /* words separated by "|", or NULL */
	const char *fallback; /* the default as one would write it, or NULL */
	bool required;
	const char *help;
};

struct guest_section {
	const char *word;
	const char *help;
	const struct guest_key *keys;
	size_t key_count;
	size_t offset;	     /* in struct guest: the section's struct, or an array of them */
	size_t size;	     /* of one */
	bool named;	     /* [disk NAME], any number of times */
	size_t count_offset; /* where named: of the array's length in struct guest */
};

extern const struct guest_section guest_sections[];
extern const size_t guest_section_count;

const struct guest_section *guest_section_find(const char *word, size_t len);
const struct guest_key *guest_key_find(const struct guest_section *section, const char *key);

/* The length of a named section's array in a guest; NULL where the section takes no name. */
size_t *guest_section_length(const struct guest_section *section, struct guest *guest);

/* The nth struct of a section in a guest: they all begin with their heading. */
struct guest_heading *guest_section_at(const struct guest_section *section, struct guest *guest,
				       size_t n);
