/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/ask.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

bool ask_is_possible(void)
{
	return isatty(STDIN_FILENO);
}

/* A line without the blanks around it, to be freed; NULL at the end of input. */
static char *read_line(void)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	ssize_t len = getline(&line, &size, stdin);
	char *begin;

	if (len < 0)
		return NULL;
	while (len > 0 && strchr(" \t\r\n", line[len - 1]))
		line[--len] = '\0';
	begin = line + strspn(line, " \t");
	return xstrdup(begin);
}

static enum exit_code nobody(const struct question *question)
{
	const struct option_spec *option = &option_specs[question->option];

	log_error("setup: --%s%s%s: is needed where nobody can be asked (standard input is no "
		  "terminal): %s", option->name, option->argument ? " " : "",
		  option->argument ? option->argument : "", question->text);
	return CODE_USAGE;
}

enum exit_code ask(const struct question *question, const char *fallback, char **ret)
{
	if (!ask_is_possible())
		return nobody(question);
	for (;;) {
		_cleanup_free_ char *line = NULL;

		fprintf(stderr, "%s [%s%sq to quit]: ", question->text, fallback ? fallback : "",
			fallback ? ", " : "");
		fflush(stderr);
		line = read_line();
		if (!line)
			fputc('\n', stderr);
		if (!line || strcmp(line, "q") == 0) {
			log_error("setup: stopped; nothing was changed");
			return CODE_FAILED;
		}
		if (!*line && !fallback)
			continue;
		*ret = *line ? TAKE_PTR(line) : xstrdup(fallback);
		return CODE_DONE;
	}
}

enum exit_code ask_consent(const struct question *question, bool *ret)
{
	bool spelt_out = strcmp(question->fallback, "no") == 0;
	_cleanup_free_ char *answer = NULL;
	enum exit_code code;

	for (;;) {
		code = ask(question, question->fallback, &answer);
		if (code != CODE_DONE)
			return code;
		*ret = strcmp(answer, "yes") == 0 || (!spelt_out && strcmp(answer, "y") == 0);
		if (*ret || strcmp(answer, "no") == 0 || strcmp(answer, "n") == 0)
			return CODE_DONE;
		fprintf(stderr, "Say %s or no.\n", spelt_out ? "yes, spelt out," : "yes");
		free(TAKE_PTR(answer));
	}
}
