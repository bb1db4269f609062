/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ini.h"
#include "base/nearest.h"

struct config_reader {
	const struct config_format *format;
	void *object;
	const struct config_section *section; /* the one whose keys are being read */
	struct config_heading *at;
};

static void *field_of(struct config_heading *at, const struct config_key *key)
{
	return (char *)at + key->offset;
}

/* ": did you mean WORD?", or all the words */
static const char *suggestion(const char *typed, const char *const *words, size_t count,
			      size_t stride, char *buf, size_t size)
{
	const char *nearest = nearest_word(typed, words, count, stride);
	size_t len;

	if (nearest) {
		snprintf(buf, size, "did you mean %s?", nearest);
		return buf;
	}
	len = (size_t)snprintf(buf, size, "known are");
	for (size_t i = 0; i < count && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s %s", i > 0 ? "," : "",
					*(const char *const *)((const char *)words + i * stride));
	return buf;
}

static int find_section(const struct config_format *format, const struct ini_line *line, size_t len,
			const struct config_section **ret, struct error *err)
{
	_cleanup_free_ char *word = xstrndup(line->section, len);
	char hint[256];

	*ret = config_section_find(format, word, len);
	if (*ret)
		return 0;
	return error_set(err, -EINVAL, "%s:%u: [%.64s]: unknown section: %s", line->file,
			 line->number, word,
			 suggestion(word, &format->sections[0].word, format->count,
				    sizeof(format->sections[0]), hint, sizeof(hint)));
}

static int check_name(const struct ini_line *line, const struct config_section *section,
		      const char *name, struct error *err)
{
	if (!section->named && *name)
		return error_set(err, -EINVAL, "%s:%u: [%.64s]: write [%s], which takes no name",
				 line->file, line->number, line->section, section->word);
	if (section->named && !*name)
		return error_set(err, -EINVAL, "%s:%u: [%s]: needs a name, such as [%s first]",
				 line->file, line->number, section->word, section->word);
	if (section->named && !value_is_name(name))
		return error_set(err, -EINVAL, "%s:%u: [%.64s]: bad name: expected %s", line->file,
				 line->number, line->section, value_expected(VALUE_NAME));
	return 0;
}

/* Make room for the section, unless it is there already. */
static int add_section(struct config_reader *reader, const struct ini_line *line, const char *name,
		       struct error *err)
{
	size_t *count = config_section_length(reader->section, reader->object), n;

	reader->at = config_section_at(reader->section, reader->object, 0);
	for (n = 0; n < (count ? *count : 1); n++) {
		reader->at = config_section_at(reader->section, reader->object, n);
		if (reader->at->line && (!count || strcmp(reader->at->name, name) == 0))
			return error_set(err, -EINVAL,
					 "%s:%u: [%.64s]: is there already, on line %u", line->file,
					 line->number, line->section, reader->at->line);
	}
	if (n == CONFIG_SECTIONS_MAX)
		return error_set(err, -EINVAL, "%s:%u: [%.64s]: more than %d such sections",
				 line->file, line->number, line->section, CONFIG_SECTIONS_MAX);
	if (count) {
		reader->at = config_section_at(reader->section, reader->object, n);
		reader->at->name = xstrdup(name);
		(*count)++;
	}
	return 0;
}

static int read_heading(struct config_reader *reader, const struct ini_line *line, struct error *err)
{
	size_t len = strcspn(line->section, " \t");
	const char *name = line->section + len + strspn(line->section + len, " \t");
	int r;

	r = find_section(reader->format, line, len, &reader->section, err);
	if (r == 0)
		r = check_name(line, reader->section, name, err);
	if (r == 0)
		r = add_section(reader, line, name, err);
	if (r < 0)
		return r;
	reader->at->line = line->number;
	return 0;
}

static int read_value(struct config_heading *at, const struct config_key *key,
		      const struct ini_line *line, struct error *err)
{
	bool words_only = key->type == VALUE_CHOICE;
	int r = value_parse(key->type, key->choices, line->value, line->number, field_of(at, key));

	if (r == 0)
		return 0;
	return error_set(err, r, "%s:%u: %s=%.200s: expected %s%s%s", line->file, line->number,
			 key->key, line->value, key->choices ? key->choices : "",
			 key->choices && !words_only ? " or " : "",
			 words_only ? "" : value_expected(key->type));
}

static int read_key(struct config_reader *reader, const struct ini_line *line, struct error *err)
{
	const struct config_section *section = reader->section;
	const struct config_key *key;
	unsigned int bit;
	char hint[256];

	if (!section)
		return error_set(err, -EINVAL, "%s:%u: %.64s: stands before the first [section]",
				 line->file, line->number, line->key);
	key = config_key_find(section, line->key);
	if (!key)
		return error_set(err, -EINVAL, "%s:%u: %.64s: unknown key in [%s]: %s", line->file,
				 line->number, line->key, section->word,
				 suggestion(line->key, &section->keys->items[0].key,
					    section->keys->count, sizeof(section->keys->items[0]),
					    hint, sizeof(hint)));
	bit = 1U << (key - section->keys->items);
	if (reader->at->given & bit)
		return error_set(err, -EINVAL, "%s:%u: %s: given twice in [%.64s]", line->file,
				 line->number, key->key, line->section);
	reader->at->given |= bit;
	return read_value(reader->at, key, line, err);
}

static int read_line(void *context, const struct ini_line *line, struct error *err)
{
	return line->key ? read_key(context, line, err) : read_heading(context, line, err);
}

/* What the file leaves out: the default, or an error where there is none. */
static int complete_section(const struct config_section *section, struct config_heading *at,
			    const char *name, struct error *err)
{
	for (size_t i = 0; i < section->keys->count; i++) {
		const struct config_key *key = &section->keys->items[i];

		if (at->given & 1U << i)
			continue;
		if (key->required && at->line)
			return error_set(err, -EINVAL, "%s:%u: [%s%s%s]: %s= is missing: %s", name,
					 at->line, section->word, at->name ? " " : "",
					 at->name ? at->name : "", key->key, key->help);
		if (key->required)
			return error_set(err, -EINVAL, "%s: [%s] with %s= is missing: %s", name,
					 section->word, key->key, key->help);
		if (key->fallback &&
		    value_parse(key->type, key->choices, key->fallback, 0, field_of(at, key)) < 0)
			abort(); /* the table contradicts itself */
	}
	return 0;
}

static int complete(const struct config_format *format, const char *name, void *object,
		    struct error *err)
{
	for (size_t i = 0; i < format->count; i++) {
		const struct config_section *section = &format->sections[i];
		size_t *count = config_section_length(section, object);

		for (size_t n = 0; n < (count ? *count : 1); n++) {
			int r = complete_section(section, config_section_at(section, object, n),
						 name, err);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

int config_read(const struct config_format *format, int dirfd, const char *path, void *object,
		struct error *err)
{
	struct config_reader reader = { .format = format, .object = object };
	int r = ini_read_file(dirfd, path, read_line, &reader, err);

	return r < 0 ? r : complete(format, path, object, err);
}

int config_read_text(const struct config_format *format, const char *name, const char *text,
		     size_t len, void *object, struct error *err)
{
	struct config_reader reader = { .format = format, .object = object };
	int r = ini_read_text(name, text, len, read_line, &reader, err);

	return r < 0 ? r : complete(format, name, object, err);
}

void config_release(const struct config_format *format, void *object)
{
	for (size_t i = 0; i < format->count; i++) {
		const struct config_section *section = &format->sections[i];
		size_t *count = config_section_length(section, object);

		for (size_t n = 0; n < (count ? *count : 1); n++) {
			struct config_heading *at = config_section_at(section, object, n);

			for (size_t k = 0; k < section->keys->count; k++)
				value_release(section->keys->items[k].type,
					      field_of(at, &section->keys->items[k]));
			free(at->name);
		}
	}
}

bool config_has_suffix(const char *name)
{
	size_t len = strlen(name), suffix_len = strlen(CONFIG_SUFFIX);

	return len > suffix_len && strcmp(name + len - suffix_len, CONFIG_SUFFIX) == 0;
}

char *config_file_name(const char *path)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	return xstrndup(base, strlen(base) - (config_has_suffix(base) ? strlen(CONFIG_SUFFIX) : 0));
}

const struct config_section *config_section_find(const struct config_format *format,
						 const char *word, size_t len)
{
	for (size_t i = 0; i < format->count; i++)
		if (strlen(format->sections[i].word) == len &&
		    strncmp(format->sections[i].word, word, len) == 0)
			return &format->sections[i];
	return NULL;
}

const struct config_key *config_key_find(const struct config_section *section, const char *key)
{
	for (size_t i = 0; i < section->keys->count; i++)
		if (strcmp(section->keys->items[i].key, key) == 0)
			return &section->keys->items[i];
	return NULL;
}

size_t *config_section_length(const struct config_section *section, void *object)
{
	return section->named ? (size_t *)((char *)object + section->count_offset) : NULL;
}

struct config_heading *config_section_at(const struct config_section *section, void *object,
					 size_t n)
{
	return (struct config_heading *)((char *)object + section->offset + n * section->size);
}
