/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/*
 * JSON documents, the only user of json-c. A node belongs to the object or array that it was put
 * in; json_free() on the root frees all. Reading functions return NULL or the default where a
 * member is absent or of another type.
 */
struct json_object;

/* Open json-c: before the first json_new(), which ends the program when that is impossible. */
int json_open(struct error *err) _must_check_;
struct json_object *json_new(void);                                          /* {} */
struct json_object *json_put_array(struct json_object *object, const char *key); /* [] */
struct json_object *json_put_object(struct json_object *object, const char *key);
struct json_object *json_add_object(struct json_object *array);
struct json_object *json_add_array(struct json_object *array);
void json_put_string(struct json_object *object, const char *key, const char *text); /* NULL: null */
void json_put_stringf(struct json_object *object, const char *key, const char *fmt, ...)
	_printf_(3, 4);
void json_put_int(struct json_object *object, const char *key, int64_t value);
void json_put_bool(struct json_object *object, const char *key, bool value);
void json_put_null(struct json_object *object, const char *key);
void json_add_string(struct json_object *array, const char *text);

/* Print with two-space indentation and a newline. */
void json_print(struct json_object *root, FILE *out);
void json_free(struct json_object *root);
void json_freep(struct json_object **root); /* for _cleanup_() */

/* Parse text; the result is to be freed. name is for the message. */
int json_parse(const char *name, const char *text, struct json_object **ret, struct error *err)
	_must_check_;
struct json_object *json_get(struct json_object *object, const char *key);
const char *json_get_string(struct json_object *object, const char *key);
int64_t json_get_int(struct json_object *object, const char *key, int64_t fallback);
bool json_get_bool(struct json_object *object, const char *key, bool fallback);
size_t json_length(struct json_object *array);
struct json_object *json_at(struct json_object *array, size_t index);
const char *json_string(struct json_object *node);
