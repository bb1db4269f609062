/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-caps.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/json.h"

/* A start without a machine takes a tenth of a second; an emulated processor is 50 times slower. */
#define ASK_TIMEOUT_MS 60000

/* Each answer comes back with its question's id. */
static const char questions[] =
	"{\"execute\":\"qmp_capabilities\"}\n"
	"{\"execute\":\"qom-list-types\",\"id\":\"types\","
	"\"arguments\":{\"implements\":\"device\"}}\n"
	"{\"execute\":\"qom-list-types\",\"id\":\"types\","
	"\"arguments\":{\"implements\":\"user-creatable\"}}\n"
	"{\"execute\":\"qom-list-types\",\"id\":\"types\","
	"\"arguments\":{\"implements\":\"chardev\"}}\n"
	"{\"execute\":\"device-list-properties\",\"id\":\"vfio-pci\","
	"\"arguments\":{\"typename\":\"vfio-pci\"}}\n"
	"{\"execute\":\"device-list-properties\",\"id\":\"cpu\","
	"\"arguments\":{\"typename\":\"host-x86_64-cpu\"}}\n"
	"{\"execute\":\"query-command-line-options\",\"id\":\"run-with\","
	"\"arguments\":{\"option\":\"run-with\"}}\n"
	"{\"execute\":\"query-command-line-options\",\"id\":\"sandbox\","
	"\"arguments\":{\"option\":\"sandbox\"}}\n"
	"{\"execute\":\"quit\"}\n";

static void add_names(struct json_object *array, struct strv *names)
{
	for (size_t i = 0; i < json_length(array); i++) {
		const char *name = json_get_string(json_at(array, i), "name");

		if (name)
			strv_add(names, name);
	}
}

static bool has_name(struct json_object *array, const char *name)
{
	for (size_t i = 0; i < json_length(array); i++) {
		const char *item = json_get_string(json_at(array, i), "name");

		if (item && strcmp(item, name) == 0)
			return true;
	}
	return false;
}

/* "7.2.22" from the greeting */
static void take_greeting(struct json_object *greeting, struct qemu_caps *caps)
{
	struct json_object *version = json_get(json_get(greeting, "QMP"), "version");
	struct json_object *numbers = json_get(version, "qemu");

	if (version && !caps->version)
		caps->version = xasprintf("%d.%d.%d", (int)json_get_int(numbers, "major", 0),
					  (int)json_get_int(numbers, "minor", 0),
					  (int)json_get_int(numbers, "micro", 0));
}

/* Without one of them QEMU would refuse the whole option. */
static bool has_all_denials(struct json_object *parameters)
{
	return has_name(parameters, "obsolete") && has_name(parameters, "elevateprivileges") &&
	       has_name(parameters, "spawn") && has_name(parameters, "resourcecontrol");
}

/* What it does not know at all is answered with an error, so without "return". */
static void take_answer(struct json_object *document, struct qemu_caps *caps)
{
	struct json_object *answer = json_get(document, "return");
	const char *id = json_get_string(document, "id");

	if (json_get(document, "QMP"))
		take_greeting(document, caps);
	if (!id || !answer)
		return;
	if (strcmp(id, "types") == 0)
		add_names(answer, &caps->types);
	else if (strcmp(id, "vfio-pci") == 0)
		caps->vfio_fd = has_name(answer, "fd") && has_name(answer, "iommufd");
	else if (strcmp(id, "cpu") == 0)
		add_names(answer, &caps->cpu_flags);
	else if (strcmp(id, "sandbox") == 0)
		caps->sandbox = has_all_denials(json_get(json_at(answer, 0), "parameters"));
	else if (strcmp(id, "run-with") == 0)
		caps->run_with_user =
			has_name(json_get(json_at(answer, 0), "parameters"), "user");
}

int qemu_caps_parse(const char *name, const char *answers, struct qemu_caps *ret, struct error *err)
{
	_cleanup_(strv_release) struct strv lines = { 0 };
	int r = 0;

	*ret = (struct qemu_caps){ 0 };
	strv_split(&lines, answers, "\r\n");
	for (size_t i = 0; i < lines.count && r == 0; i++) {
		_cleanup_(json_freep) struct json_object *document = NULL;

		r = json_parse(name, lines.items[i], &document, err);
		if (r == 0)
			take_answer(document, ret);
	}
	if (r == 0 && (!ret->version || ret->types.count == 0))
		r = error_set(err, -EPROTO, "%s: does not answer as QEMU does", name);
	if (r < 0)
		qemu_caps_release(ret);
	return r;
}

int qemu_caps_ask(const char *program, struct qemu_caps *ret, struct error *err)
{
	static const char *const words[] = { "-machine", "none", "-nodefaults", "-no-user-config",
					     "-display", "none", "-S", "-qmp", "stdio" };
	_cleanup_(command_output_release) struct command_output output = { 0 };
	_cleanup_(strv_release) struct strv argv = { 0 };
	int r;

	*ret = (struct qemu_caps){ 0 };
	strv_add(&argv, program);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		strv_add(&argv, words[i]);
	r = command_capture(&argv, questions, ASK_TIMEOUT_MS, &output, err);
	return r < 0 ? r : qemu_caps_parse(program, output.out, ret, err);
}

void qemu_caps_release(struct qemu_caps *caps)
{
	free(caps->version);
	strv_release(&caps->types);
	strv_release(&caps->cpu_flags);
	*caps = (struct qemu_caps){ 0 };
}

bool qemu_caps_have_type(const struct qemu_caps *caps, const char *type)
{
	return !caps->version || strv_has(&caps->types, type);
}

bool qemu_caps_have_sandbox(const struct qemu_caps *caps)
{
	return !caps->version || caps->sandbox;
}

bool qemu_caps_have_cpu_flag(const struct qemu_caps *caps, const char *flag)
{
	return !caps->version || strv_has(&caps->cpu_flags, flag);
}

void qemu_caps_check(const struct qemu_caps *caps, const struct strv *argv, struct strv *problems)
{
	for (size_t i = 1; i + 1 < argv->count; i++) {
		const char *value = argv->items[i + 1];
		_cleanup_free_ char *type = NULL;

		if (strcmp(argv->items[i], "-device") != 0 && strcmp(argv->items[i], "-object") != 0)
			continue;
		type = xstrndup(value, strcspn(value, ","));
		if (!qemu_caps_have_type(caps, type))
			strv_addf(problems,
				  "%s: this QEMU (%s) has no %s: install the package with it (Debian "
				  "13: qemu-system-modules-spice has what SPICE needs), or leave it out "
				  "of the guest",
				  argv->items[0], caps->version, type);
	}
}
