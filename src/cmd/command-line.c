/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/command-line.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "apply/ops.h"
#include "base/nearest.h"
#include "base/parse.h"
#include "policy/finding.h"

#define TIMEOUT_MAX_S 3600

/* Values that getopt_long() returns for our options, clear of every letter. */
#define VALUE_BASE 256

static int unknown_option(const char *text, struct error *err)
{
	const char *name = text + strspn(text, "-");
	const char *nearest = nearest_word(name, &option_specs[0].name, OPTION_MAX,
					   sizeof(option_specs[0]));

	if (nearest)
		return error_set(err, -EINVAL, "%s: no such option: did you mean --%s?", text,
				 nearest);
	return error_set(err, -EINVAL, "%s: no such option; see vfioadm --help", text);
}

static int set_allow(struct options *options, const char *id, struct error *err)
{
	const char *nearest;

	if (finding_id_from_string(id) == FINDING_INVALID) {
		nearest = nearest_word(id, &finding_kinds[0].id, FINDING_MAX,
				       sizeof(finding_kinds[0]));
		return error_set(err, -EINVAL, "--allow %s: there is no finding of this id%s%s", id,
				 nearest ? ": did you mean " : "", nearest ? nearest : "");
	}
	strv_add(&options->allow, id);
	return 0;
}

/* Unless --color says otherwise. */
static bool color_wanted(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static int set_color(struct options *options, const char *when, struct error *err)
{
	if (strcmp(when, "always") == 0)
		options->color = options->color_stderr = true;
	else if (strcmp(when, "never") == 0)
		options->color = options->color_stderr = false;
	else if (strcmp(when, "auto") != 0)
		return error_set(err, -EINVAL, "--color %s: say auto, always or never", when);
	return 0;
}

/* Of options that have words to choose from, "slot|only", one must be said. */
static int check_choice(enum option_id id, const char *argument, struct error *err)
{
	const char *choices = option_specs[id].argument;
	struct strv words = { 0 };
	bool known;

	if (!choices || !strchr(choices, '|') || strpbrk(choices, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		return 0;
	strv_split(&words, choices, "|");
	known = strv_has(&words, argument);
	strv_release(&words);
	return known ? 0 : error_set(err, -EINVAL, "--%s %s: say %s", option_specs[id].name,
				     argument, choices);
}

static int set_option(struct options *options, enum option_id id, const char *argument,
		      struct error *err)
{
	uint64_t seconds;

	options->given |= OPTION_BIT(id);
	if (check_choice(id, argument, err) < 0)
		return err->code;
	switch (id) {
	case OPTION_ALLOW:
		return set_allow(options, argument, err);
	case OPTION_COLOR:
		return set_color(options, argument, err);
	case OPTION_FUNCTIONS:
		options->functions = argument;
		return 0;
	case OPTION_BOOT_LOADER:
		options->boot_loader = argument;
		return 0;
	case OPTION_GPU:
		options->gpu = argument;
		return 0;
	case OPTION_GUEST:
		options->guest = argument;
		return 0;
	case OPTION_TEMPLATE:
		options->guest_template = argument;
		return 0;
	case OPTION_NAME:
		options->name = argument;
		return 0;
	case OPTION_UDEV:
		options->udev = argument;
		return 0;
	case OPTION_HELP:
		options->help = argument;
		return 0;
	case OPTION_ROOT:
		options->root = argument;
		return 0;
	case OPTION_TIMEOUT:
	case OPTION_STOP_TIMEOUT:
		if (parse_uint(argument, TIMEOUT_MAX_S, &seconds) < 0 || seconds == 0)
			return error_set(err, -EINVAL, "--%s %s: say 1 to %d seconds",
					 option_specs[id].name, argument, TIMEOUT_MAX_S);
		*(id == OPTION_TIMEOUT ? &options->timeout_ms : &options->stop_timeout_ms) =
			(unsigned int)seconds * 1000;
		return 0;
	case OPTION_WITH_ACS:
		strv_add(&options->with_acs, argument);
		return 0;
	default:
		return 0;
	}
}

static enum option_id id_from_letter(int letter)
{
	for (int i = 0; i < OPTION_MAX; i++)
		if (option_specs[i].letter == letter)
			return (enum option_id)i;
	return OPTION_MAX;
}

int command_line_parse(int argc, char **argv, struct command_line *ret, struct error *err)
{
	struct option longs[OPTION_MAX + 1] = { 0 };
	char letters[2 * OPTION_MAX + 2] = ":", *letter = letters + 1;
	struct command_line line = { .options = {
		.timeout_ms = APPLY_TIMEOUT_S * 1000,
		.color = color_wanted(STDOUT_FILENO),
		.color_stderr = color_wanted(STDERR_FILENO),
	} };
	int value, r;

	for (int i = 0; i < OPTION_MAX; i++) {
		longs[i] = (struct option){ option_specs[i].name, (int)option_specs[i].takes, NULL,
					    VALUE_BASE + i };
		if (option_specs[i].letter)
			*letter++ = option_specs[i].letter;
	}
	opterr = 0;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (value == ':')
			r = error_set(err, -EINVAL, "%s: it needs a value; see vfioadm --help",
				      argv[optind - 1]);
		else if (value == '?')
			r = unknown_option(argv[optind - 1], err);
		else
			r = set_option(&line.options, value < VALUE_BASE
					       ? id_from_letter(value)
					       : (enum option_id)(value - VALUE_BASE), optarg, err);
		if (r < 0) {
			command_line_release(&line);
			return r;
		}
	}
	line.words = argv + optind;
	line.word_count = argc - optind;
	*ret = line;
	return 0;
}

void command_line_release(struct command_line *line)
{
	strv_release(&line->options.allow);
	strv_release(&line->options.with_acs);
}
