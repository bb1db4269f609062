/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/import-props.h"

#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"

static void add(struct import_props *props, char *word, bool first)
{
	if (!strchr(word, '=')) {
		if (first) {
			props->first = word;
			return;
		}
		strv_addf(&props->items, "%s=on", word);
	} else {
		strv_add(&props->items, word);
	}
	strv_addf(&props->unread, "%.*s", (int)strcspn(word, "="), word);
	free(word);
}

void import_props_parse(const char *value, struct import_props *ret)
{
	_cleanup_free_ char *word = xcalloc(strlen(value) + 1, 1);
	size_t len = 0;
	bool first = true;

	*ret = (struct import_props){ 0 };
	for (const char *c = value;; c++) {
		if (c[0] == ',' && c[1] == ',') {
			c++;
		} else if (*c == ',' || *c == '\0') {
			if (len > 0)
				add(ret, xstrndup(word, len), first);
			first = false;
			len = 0;
			if (*c == '\0')
				return;
			continue;
		}
		word[len++] = *c;
	}
}

void import_props_release(struct import_props *props)
{
	free(props->first);
	strv_release(&props->items);
	strv_release(&props->unread);
	*props = (struct import_props){ 0 };
}

const char *import_prop(struct import_props *props, const char *key)
{
	size_t len = strlen(key);
	const char *value = NULL;

	for (size_t i = 0; i < props->items.count; i++)
		if (strncmp(props->items.items[i], key, len) == 0 && props->items.items[i][len] == '=')
			value = props->items.items[i] + len + 1;
	for (size_t i = 0; value && i < props->unread.count; i++)
		if (strcmp(props->unread.items[i], key) == 0)
			props->unread.items[i][0] = '\0';
	return value;
}

bool import_prop_is_on(struct import_props *props, const char *key)
{
	const char *value = import_prop(props, key);
	bool on = false;

	return value && parse_bool(value, &on) == 0 && on;
}

bool import_props_all_read(const struct import_props *props)
{
	for (size_t i = 0; i < props->unread.count; i++)
		if (props->unread.items[i][0])
			return false;
	return true;
}
