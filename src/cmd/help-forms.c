/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/library.h"
#include "base/log.h"
#include "base/nearest.h"
#include "cmd/complete.h"
#include "cmd/help.h"

static const char form_libraries[] = "libraries";

static const struct form {
	const char *name;
	void (*print)(FILE *out);
	const char *what;
} forms[] = {
	{ "text", NULL, "what --help alone prints" },
	{ "man", help_man_page, "the manual page vfioadm(8)" },
	{ "guest-man", help_guest_page, "the manual page vfioadm-guest(5)" },
	{ "claims-man", help_claims_page, "the manual page vfioadm-claims(5)" },
	{ "bash", help_bash_completion, "completion for bash" },
	{ "zsh", help_zsh_completion, "completion for zsh" },
	{ "fish", help_fish_completion, "completion for fish" },
	{ form_libraries, NULL, "the libraries that verbs open when they need them" },
};

void help_forms(FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		fprintf(out, "%s\t%s\n", forms[i].name, forms[i].what);
	for (size_t i = 0; i < completion_list_count; i++)
		fprintf(out, "%s\ta list for completion\n", completion_lists[i].name);
}

static enum exit_code print_list(const struct completion_list *list, const char *root_path)
{
	struct host_root root;
	struct error err;

	if (host_root_open(root_path, &root, &err) < 0)
		return fail_unread(&err);
	list->print(stdout, &root);
	host_root_close(&root);
	return CODE_DONE;
}

static enum exit_code refuse(const char *name)
{
	const char *nearest = nearest_word(name, &forms[0].name, ARRAY_SIZE(forms),
					   sizeof(forms[0]));

	if (nearest)
		log_error("--help=%s: no such form: did you mean %s?", name, nearest);
	else
		log_error("--help=%s: no such form; vfioadm --help=forms lists them", name);
	return CODE_USAGE;
}

enum exit_code help_in_form(const struct cmd *cmd, const char *name, const char *root)
{
	struct error err;

	for (size_t i = 0; i < completion_list_count; i++)
		if (name && strcmp(name, completion_lists[i].name) == 0)
			return print_list(&completion_lists[i], root);
	if (name && strcmp(name, form_libraries) == 0)
		return library_print_paths(stdout, &err) < 0 ? fail(&err, CODE_FAILED) : CODE_DONE;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (name && forms[i].print && strcmp(name, forms[i].name) == 0) {
			forms[i].print(stdout);
			return CODE_DONE;
		}
	if (name && strcmp(name, forms[0].name) != 0)
		return refuse(name);
	if (cmd)
		help_command(stdout, cmd);
	else
		help_program(stdout);
	return CODE_DONE;
}
