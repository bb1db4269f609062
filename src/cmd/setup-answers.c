/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "cmd/ask.h"
#include "cmd/claim.h"
#include "cmd/setup.h"
#include "host/files.h"
#include "host/initramfs.h"
#include "host/names.h"
#include "policy/boot-remedy.h"
#include "policy/iommu-word.h"
#include "report/text.h"

enum { ASK_GPU, ASK_BOOT_GPU, ASK_BOOT_LOADER, ASK_INITRAMFS, ASK_GUEST, ASK_TEMPLATE, ASK_CHANGE };

static const struct question questions[] = {
	[ASK_GPU] = { OPTION_GPU, "Which GPU is the guest to have?", NULL },
	[ASK_BOOT_GPU] = { OPTION_ALLOW, "This host's screen is on it, and goes dark. Take it?",
			   "no" },
	[ASK_BOOT_LOADER] = { OPTION_BOOT_LOADER, "Shall setup change the boot loader's file?", "no" },
	[ASK_INITRAMFS] = { OPTION_UPDATE_INITRAMFS, "Make the initramfs anew, for the next boot?",
			    "yes" },
	[ASK_GUEST] = { OPTION_GUEST, "What is the guest to be called, or none?", "none" },
	[ASK_TEMPLATE] = { OPTION_TEMPLATE, "What will it run, windows or linux?", "linux" },
	[ASK_CHANGE] = { OPTION_YES, "Make these changes?", "n" },
};

void setup_help_questions(FILE *out)
{
	fputs("\nQuestions, and what answers them:\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		fprintf(out, "  --%-16s %s\n", option_specs[questions[i].option].name,
			questions[i].text);
}

/* One that the host's screen is not on, if there is. */
static const struct pci_function *likely_gpu(const struct targets *gpus)
{
	for (size_t i = 0; i < gpus->count; i++)
		if (!gpus->items[i]->boot_vga)
			return gpus->items[i];
	return gpus->items[0];
}

static enum exit_code ask_gpu(struct setup *setup, char **ret)
{
	_cleanup_free_ struct pci_addr *addrs = NULL;
	struct targets gpus = { 0 };
	enum exit_code code = CODE_FAILED;
	struct host host;
	struct error err;

	if (host_discover(&setup->invocation->root, HOST_NAMES, &host, &err) < 0)
		return fail(&err, CODE_FAILED);
	for (size_t i = 0; i < host.functions.count; i++)
		if (pci_function_is_display(&host.functions.items[i]))
			targets_add(&gpus, &host.functions.items[i]);
	addrs = targets_addrs(&gpus);
	host_discover_closely(&host, addrs, gpus.count);
	if (gpus.count == 0) {
		log_error("setup: this host has no GPU that its kernel sees");
	} else {
		if (ask_is_possible())
			text_list(stderr, &host, &gpus,
				  setup->invocation->options->color_stderr);
		code = ask(&questions[ASK_GPU], pci_addr_text(likely_gpu(&gpus)->addr).text, ret);
	}
	targets_release(&gpus);
	host_release(&host);
	return code;
}

static bool has_gpu(const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (pci_function_is_display(targets->items[i]))
			return true;
	return false;
}

enum exit_code setup_choose_gpu(struct setup *setup)
{
	const char *given = setup->invocation->options->gpu;
	_cleanup_free_ char *device = xstrdup(given);
	enum exit_code code;

	do {
		if (!given)
			free(TAKE_PTR(device));
		change_release(&setup->change);
		code = given ? CODE_DONE : ask_gpu(setup, &device);
		if (code == CODE_DONE)
			code = change_discover(&setup->change, setup->invocation, &device, 1,
					       COMPANIONS_ALL);
	} while (!given && device && code != CODE_DONE);
	if (code == CODE_DONE && !has_gpu(&setup->change.targets)) {
		log_error("setup: %s is no GPU; vfioadm claim add claims any device", device);
		code = CODE_USAGE;
	}
	return code;
}

/* For each finding of the host's screen, unless --allow names it. */
enum exit_code setup_accept_boot_gpu(struct setup *setup)
{
	const struct finding_list *findings = &setup->change.findings;
	enum exit_code code = CODE_DONE;

	for (size_t i = 0; code == CODE_DONE && i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		const char *id = finding_kinds[finding->id].id;
		bool accepted = false;

		if ((finding->id != FINDING_BOOT_GPU && finding->id != FINDING_BOOT_FRAMEBUFFER) ||
		    strv_has(&setup->allow, id))
			continue;
		/* The refusal that follows names the finding and so what --allow is to say. */
		if (!ask_is_possible())
			return CODE_DONE;
		fprintf(stderr, "\nWARNING: %s: %s\nFrom the next boot on nothing is seen on that "
			"screen. Go on only if you can\nreach this host without it, by ssh or with "
			"another GPU. [%s]\n", finding->subject, finding->message, id);
		code = ask_consent(&questions[ASK_BOOT_GPU], &accepted);
		if (accepted)
			strv_add(&setup->allow, id);
	}
	return code;
}

static void say_by_hand(const struct setup *setup)
{
	_cleanup_free_ char *remedy = boot_add_word(&setup->change.host.platform, setup->word);

	log_info("for the IOMMU, do this yourself: %s", remedy);
}

/* --boot-loader, where a word is lacking. */
static enum exit_code take_boot_loader(struct setup *setup, const char *wanted,
				       const struct error *why_not)
{
	const char *found = boot_edit_to_string(setup->boot.edit);
	_cleanup_free_ char *remedy = boot_add_word(&setup->change.host.platform, setup->word);

	if (strcmp(wanted, "none") == 0) {
		say_by_hand(setup);
		return CODE_DONE;
	}
	if (strcmp(wanted, found) != 0) {
		log_error("setup: --boot-loader %s: this is not the boot loader that is found here (%s)",
			  wanted, found);
		return CODE_USAGE;
	}
	if (why_not) {
		log_error("setup: --boot-loader %s: %s; do it yourself: %s; and say --boot-loader none",
			  wanted, why_not->msg, remedy);
		return CODE_FAILED;
	}
	setup->edit_boot_loader = true;
	return CODE_DONE;
}

enum exit_code setup_choose_boot_loader(struct setup *setup)
{
	const struct host *host = &setup->change.host;
	const char *wanted = setup->invocation->options->boot_loader;
	_cleanup_free_ char *text = NULL;
	enum exit_code code;
	struct error err;
	bool can;

	setup->word = iommu_word_lacking(host, &setup->change.targets);
	if (!setup->word)
		return CODE_DONE;
	boot_file_read(host->root, &host->platform, &setup->boot);
	can = boot_file_add(&setup->boot, setup->word, &text, &err) == 0;
	if (wanted)
		return take_boot_loader(setup, wanted, can ? NULL : &err);
	if (!can) {
		log_info("the boot loader is left alone: %s", err.msg);
		say_by_hand(setup);
		return CODE_DONE;
	}
	if (ask_is_possible())
		fprintf(stderr, "\nThe kernel needs %s, which belongs into %s.\n", setup->word,
			setup->boot.path);
	code = ask_consent(&questions[ASK_BOOT_LOADER], &setup->edit_boot_loader);
	if (code == CODE_DONE && !setup->edit_boot_loader)
		say_by_hand(setup);
	return code;
}

enum exit_code setup_choose_initramfs(struct setup *setup)
{
	const struct host_root *root = &setup->invocation->root;
	bool possible = initramfs_command(initramfs_kind(root));
	enum exit_code code = CODE_DONE;

	setup->update_initramfs = option_given(setup->invocation->options, OPTION_UPDATE_INITRAMFS);
	if (setup->update_initramfs && !possible) {
		log_error("setup: --update-initramfs: this host has no command for it");
		claim_say_next(root);
		return CODE_FAILED;
	}
	if (possible && !setup->update_initramfs && ask_is_possible())
		code = ask_consent(&questions[ASK_INITRAMFS], &setup->update_initramfs);
	if (code == CODE_DONE && !setup->update_initramfs)
		claim_say_next(root);
	return code;
}

char *setup_guest_path(const char *name)
{
	return xasprintf(NAME_GUESTS_DIR "/%s" CONFIG_SUFFIX, name);
}

/* Why it cannot be a new guest's name, to be freed; NULL: it can. */
static char *name_problem(const struct setup *setup, const char *name)
{
	_cleanup_free_ char *path = NULL;

	if (!value_is_name(name))
		return xasprintf("%.80s: not a name for a guest: %s", name, value_expected(VALUE_NAME));
	path = setup_guest_path(name);
	if (host_has(&setup->invocation->root, path))
		return xasprintf("%s: there is a guest of this name already: choose another, or none",
				 path);
	return NULL;
}

static enum exit_code choose_name(struct setup *setup, char **ret)
{
	const char *given = setup->invocation->options->guest;
	enum exit_code code = CODE_DONE;

	for (;;) {
		_cleanup_free_ char *name = xstrdup(given), *problem = NULL;

		if (!given)
			code = ask(&questions[ASK_GUEST], questions[ASK_GUEST].fallback, &name);
		if (code != CODE_DONE || strcmp(name, "none") == 0)
			return code;
		problem = name_problem(setup, name);
		if (!problem) {
			*ret = TAKE_PTR(name);
			return CODE_DONE;
		}
		log_error("%s%s", given ? "setup: --guest " : "", problem);
		if (given)
			return value_is_name(given) ? CODE_FAILED : CODE_USAGE;
	}
}

enum exit_code setup_choose_guest(struct setup *setup)
{
	_cleanup_free_ char *answer = xstrdup(setup->invocation->options->guest_template);
	enum exit_code code = choose_name(setup, &setup->guest);

	while (code == CODE_DONE && setup->guest && !setup->tmpl) {
		if (!answer)
			code = ask(&questions[ASK_TEMPLATE], questions[ASK_TEMPLATE].fallback, &answer);
		if (code == CODE_DONE)
			setup->tmpl = guest_template_find(answer);
		if (code == CODE_DONE && !setup->tmpl)
			fputs("Say windows or linux.\n", stderr);
		free(TAKE_PTR(answer));
	}
	return code;
}

enum exit_code setup_confirm(const struct options *options, bool *ret)
{
	*ret = option_given(options, OPTION_YES);
	return *ret ? CODE_DONE : ask_consent(&questions[ASK_CHANGE], ret);
}
