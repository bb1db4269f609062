/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/log.h"

#define FUNCTIONS(X)                                                                       \
	X(json_, object_array_add)                                                         \
	X(json_, object_array_get_idx)                                                     \
	X(json_, object_array_length)                                                      \
	X(json_, object_get_boolean)                                                       \
	X(json_, object_get_int64)                                                         \
	X(json_, object_get_string)                                                        \
	X(json_, object_is_type)                                                           \
	X(json_, object_new_array)                                                         \
	X(json_, object_new_boolean)                                                       \
	X(json_, object_new_int64)                                                         \
	X(json_, object_new_object)                                                        \
	X(json_, object_new_string)                                                        \
	X(json_, object_object_add)                                                        \
	X(json_, object_object_get_ex)                                                     \
	X(json_, object_put)                                                               \
	X(json_, object_to_json_string_ext)                                                \
	X(json_, tokener_error_desc)                                                       \
	X(json_, tokener_parse_verbose)

static struct {
	FUNCTIONS(LIBRARY_POINTER)
} json;
static const char *const json_names[] = { FUNCTIONS(LIBRARY_NAME) NULL };

int json_open(struct error *err)
{
	return library_open(LIBRARY_JSON, json_names, &json, err);
}

struct json_object *json_new(void)
{
	struct error err;

	if (json_open(&err) < 0) {
		log_error("%s", err.msg);
		abort();
	}
	return json.object_new_object();
}

struct json_object *json_put_array(struct json_object *object, const char *key)
{
	struct json_object *array = json.object_new_array();

	json.object_object_add(object, key, array);
	return array;
}

struct json_object *json_put_object(struct json_object *object, const char *key)
{
	struct json_object *child = json.object_new_object();

	json.object_object_add(object, key, child);
	return child;
}

struct json_object *json_add_object(struct json_object *array)
{
	struct json_object *child = json.object_new_object();

	json.object_array_add(array, child);
	return child;
}

struct json_object *json_add_array(struct json_object *array)
{
	struct json_object *child = json.object_new_array();

	json.object_array_add(array, child);
	return child;
}

void json_put_string(struct json_object *object, const char *key, const char *text)
{
	json.object_object_add(object, key, text ? json.object_new_string(text) : NULL);
}

void json_put_stringf(struct json_object *object, const char *key, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_put_string(object, key, text);
}

void json_put_int(struct json_object *object, const char *key, int64_t value)
{
	json.object_object_add(object, key, json.object_new_int64(value));
}

void json_put_bool(struct json_object *object, const char *key, bool value)
{
	json.object_object_add(object, key, json.object_new_boolean(value));
}

void json_put_null(struct json_object *object, const char *key)
{
	json.object_object_add(object, key, NULL);
}

void json_add_string(struct json_object *array, const char *text)
{
	json.object_array_add(array, json.object_new_string(text));
}

void json_print(struct json_object *root, FILE *out)
{
	fprintf(out, "%s\n",
		json.object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
							     JSON_C_TO_STRING_SPACED |
							     JSON_C_TO_STRING_NOSLASHESCAPE));
}

void json_free(struct json_object *root)
{
	if (root)
		json.object_put(root);
}

void json_freep(struct json_object **root)
{
	json_free(*root);
}

int json_parse(const char *name, const char *text, struct json_object **ret, struct error *err)
{
	enum json_tokener_error why;
	struct json_object *root;

	if (json_open(err) < 0)
		return err->code;
	root = json.tokener_parse_verbose(text, &why);
	if (why != json_tokener_success)
		return error_set(err, -EINVAL, "%s: not valid JSON: %s", name,
				 json.tokener_error_desc(why));
	*ret = root;
	return 0;
}

static bool is(struct json_object *node, json_type type)
{
	return node && json.object_is_type(node, type);
}

struct json_object *json_get(struct json_object *object, const char *key)
{
	struct json_object *child = NULL;

	if (is(object, json_type_object))
		json.object_object_get_ex(object, key, &child);
	return child;
}

const char *json_get_string(struct json_object *object, const char *key)
{
	return json_string(json_get(object, key));
}

int64_t json_get_int(struct json_object *object, const char *key, int64_t fallback)
{
	struct json_object *child = json_get(object, key);

	return is(child, json_type_int) ? json.object_get_int64(child) : fallback;
}

bool json_get_bool(struct json_object *object, const char *key, bool fallback)
{
	struct json_object *child = json_get(object, key);

	return is(child, json_type_boolean) ? json.object_get_boolean(child) : fallback;
}

size_t json_length(struct json_object *array)
{
	return is(array, json_type_array) ? json.object_array_length(array) : 0;
}

struct json_object *json_at(struct json_object *array, size_t index)
{
	return index < json_length(array) ? json.object_array_get_idx(array, index) : NULL;
}

const char *json_string(struct json_object *node)
{
	return is(node, json_type_string) ? json.object_get_string(node) : NULL;
}
