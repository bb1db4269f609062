/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/setup-record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "apply/state.h"
#include "base/alloc.h"
#include "base/fileat.h"
#include "base/json.h"
#include "host/files.h"
#include "host/names.h"

#define NAME "record.json"
#define PATH NAME_SETUP_DIR "/" NAME

char *setup_boot_id(const struct host_root *root)
{
	char *text;
	ssize_t len = host_read(root, NAME_BOOT_ID, &text);

	if (len < 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void put_file(struct json_object *array, const struct file_change *file)
{
	struct json_object *object = json_add_object(array);

	json_put_string(object, "part", setup_part_to_string(file->part));
	json_put_string(object, "path", file->path);
	json_put_string(object, "before", file->before);
	json_put_string(object, "after", file->after);
}

static void put_command(struct json_object *array, const struct setup_command *command)
{
	struct json_object *object = json_add_object(array), *argv;

	argv = json_put_array(object, "argv");
	for (size_t i = 0; i < command->argv.count; i++)
		json_add_string(argv, command->argv.items[i]);
	json_put_bool(object, "done", command->done);
}

static char *to_text(const struct setup_record *record)
{
	struct json_object *root = json_new(), *array;
	char *text = NULL;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	json_put_string(root, "gpu", record->gpu);
	json_put_string(root, "guest", record->guest);
	json_put_string(root, "word", record->word);
	json_put_string(root, "boot_id", record->boot_id);
	json_put_bool(root, "undoing", record->undoing);
	array = json_put_array(root, "files");
	for (size_t i = 0; i < record->plan.file_count; i++)
		put_file(array, &record->plan.files[i]);
	array = json_put_array(root, "commands");
	for (size_t i = 0; i < record->plan.command_count; i++)
		put_command(array, &record->plan.commands[i]);
	json_print(root, out);
	json_free(root);
	fclose(out);
	return text;
}

static int take_file(struct json_object *object, struct setup_plan *plan)
{
	const char *part = json_get_string(object, "part"), *path = json_get_string(object, "path");
	const char *after = json_get_string(object, "after");
	int id = part ? setup_part_from_string(part) : -1;

	if (id < 0 || !path || path[0] != '/' || !after || plan->file_count == SETUP_PART_MAX)
		return -EINVAL;
	setup_plan_add_file(plan, (enum setup_part)id, path,
			    xstrdup(json_get_string(object, "before")), xstrdup(after));
	return 0;
}

static int take_command(struct json_object *object, struct setup_plan *plan)
{
	struct json_object *argv = json_get(object, "argv");
	struct setup_command *command = setup_plan_add_command(plan);

	for (size_t i = 0; i < json_length(argv); i++) {
		if (!json_string(json_at(argv, i)))
			return -EINVAL;
		strv_add(&command->argv, json_string(json_at(argv, i)));
	}
	command->done = json_get_bool(object, "done", false);
	return command->argv.count > 0 ? 0 : -EINVAL;
}

static int from_json(struct json_object *root, struct setup_record *record)
{
	struct json_object *files = json_get(root, "files"), *commands = json_get(root, "commands");
	int r = 0;

	record->gpu = xstrdup(json_get_string(root, "gpu"));
	record->guest = xstrdup(json_get_string(root, "guest"));
	record->word = xstrdup(json_get_string(root, "word"));
	record->boot_id = xstrdup(json_get_string(root, "boot_id"));
	record->undoing = json_get_bool(root, "undoing", false);
	for (size_t i = 0; r == 0 && i < json_length(files); i++)
		r = take_file(json_at(files, i), &record->plan);
	for (size_t i = 0; r == 0 && i < json_length(commands); i++)
		r = take_command(json_at(commands, i), &record->plan);
	return record->gpu ? r : -EINVAL;
}

int setup_record_read(const struct host_root *root, struct setup_record *ret, struct error *err)
{
	_cleanup_(json_freep) struct json_object *json = NULL;
	_cleanup_free_ char *text = NULL;
	ssize_t len = host_read(root, PATH, &text);

	*ret = (struct setup_record){ 0 };
	if (len == -ENOENT)
		return 0;
	if (len < 0)
		return error_errno(err, (int)len, PATH ": cannot be read");
	if (json_parse(PATH, text, &json, err) < 0)
		return err->code;
	if (from_json(json, ret) < 0) {
		setup_record_release(ret);
		return error_set(err, -EINVAL, PATH ": this is no record of vfioadm setup");
	}
	return 1;
}

/* Whoever could write here could have --undo write anything anywhere. */
static int open_directory(const struct host_root *root, struct error *err)
{
	_cleanup_close_ int above = host_root_openat(root, STATEDIR, O_RDONLY | O_DIRECTORY);
	_cleanup_close_ int ours = -1;
	int fd = -1, r;

	if (above < 0)
		return error_errno(err, above, STATEDIR ": cannot open");
	r = state_directory(above, "vfioadm", NAME_LASTING_DIR, &ours, err);
	if (r == 0)
		r = state_directory(ours, "setup", NAME_SETUP_DIR, &fd, err);
	return r < 0 ? r : fd;
}

int setup_record_write(const struct host_root *root, const struct setup_record *record,
		       struct error *err)
{
	_cleanup_close_ int fd = open_directory(root, err);
	_cleanup_free_ char *text = NULL;
	int r = fd < 0 ? fd : json_open(err);

	if (r < 0)
		return r;
	text = to_text(record);
	r = fileat_replace(fd, NAME, text, strlen(text), 0600);
	return r < 0 ? error_errno(err, r, PATH ": cannot be written") : 0;
}

int setup_record_remove(const struct host_root *root, struct error *err)
{
	_cleanup_close_ int fd = open_directory(root, err);

	if (fd < 0)
		return fd;
	if ((unlinkat(fd, NAME, 0) < 0 && errno != ENOENT) || fsync(fd) < 0)
		return error_errno(err, -errno, PATH ": cannot be removed");
	return 0;
}

void setup_record_release(struct setup_record *record)
{
	setup_plan_release(&record->plan);
	free(record->gpu);
	free(record->guest);
	free(record->word);
	free(record->boot_id);
	*record = (struct setup_record){ 0 };
}
