/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <sys/stat.h>

#include "base/error.h"
#include "host/config-value.h"

/*
 * Configuration files that a table describes: every section and key they know. The one table is
 * behind the parser, "did you mean", --help and the manual.
 */
struct config_key {
	const char *key;
	enum value_type type;
	size_t offset;	      /* of the value in its section's struct */
	const char *choices;  /* words separated by "|", or NULL */
	const char *fallback; /* the default as one would write it, or NULL */
	bool required;
	const char *help;
};

struct config_keys {
	const struct config_key *items;
	size_t count;
};

struct config_section {
	const char *word;
	const char *help;
	const struct config_keys *keys;
	size_t offset;	     /* in what the file is read into: the section's struct, or an array */
	size_t size;	     /* of one */
	bool named;	     /* [disk NAME], any number of times */
	size_t count_offset; /* where named: of the array's length */
};

struct config_format {
	const struct config_section *sections;
	size_t count;
};

/* Every section's struct begins with its heading. */
struct config_heading {
	char *name;	    /* "system" of [disk system]; NULL where sections take none */
	unsigned int line;  /* 0: the section is not in the file */
	unsigned int given; /* bit n: key n of the section is in the file */
};

#define CONFIG_SECTIONS_MAX 16 /* of each kind that takes a name */
#define CONFIG_SUFFIX ".conf"

/* The name has the suffix, and something before it. */
bool config_has_suffix(const char *name);

/*
 * Read a file into *object, which is zeroed: what the file says, and the defaults. dirfd and path
 * are as for openat(2). On failure the message names file and line, and what was read so far is
 * still to be released.
 */
int config_read(const struct config_format *format, int dirfd, const char *path, void *object,
		struct error *err) _must_check_;
int config_read_text(const struct config_format *format, const char *name, const char *text,
		     size_t len, void *object, struct error *err) _must_check_;
void config_release(const struct config_format *format, void *object);

/*
 * 0 when root owns the file and its directory and nobody else can write or replace it; else -EPERM.
 * reader is who believes what the file says, for the message: "QEMU".
 */
int config_file_trusted(int dirfd, const char *path, const char *reader, struct error *err)
	_must_check_;

/* The same of one file or directory that is open already; path is for the message. */
int config_stat_trusted(const struct stat *st, const char *path, const char *reader,
			struct error *err) _must_check_;

/* "win" of /etc/vfioadm/guests/win.conf, to be freed. */
char *config_file_name(const char *path);

const struct config_section *config_section_find(const struct config_format *format,
						 const char *word, size_t len);
const struct config_key *config_key_find(const struct config_section *section, const char *key);

/* The length of a named section's array in an object; NULL where the section takes no name. */
size_t *config_section_length(const struct config_section *section, void *object);

/* The nth struct of a section in an object. */
struct config_heading *config_section_at(const struct config_section *section, void *object,
					 size_t n);
