/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "apply/rom-read.h"
#include "base/fileat.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "policy/target.h"
#include "report/json-views.h"
#include "report/rom.h"

static bool is_device(const char *word)
{
	struct pci_addr addr;
	uint16_t vendor, device;
	bool whole_slot;
	struct error err;

	if (strchr(word, '/'))
		return false;
	if (pci_ids_parse(word, &vendor, &device) == 0 ||
	    pci_addr_parse(word, &addr, &whole_slot, &err) == 0)
		return true;
	/* Neither: the message for what it looks most like. */
	return strchr(word, ':') && access(word, F_OK) != 0;
}

static enum exit_code read_file(const char *path, char **ret, size_t *ret_size)
{
	/* Whoever names a pipe wants what is written to it: unlike other files, it is waited for. */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -errno : fd_read_all(fd, ROM_FILE_MAX, ret);
	struct error err;

	if (len == -EFBIG)
		error_set(&err, -EFBIG, "%s: it has more than %d MiB: no option ROM is that large",
			  path, ROM_FILE_MAX >> 20);
	else if (len < 0)
		error_errno(&err, (int)len, "%s: cannot read it", path);
	else
		*ret_size = (size_t)len;
	return len < 0 ? fail(&err, CODE_FAILED) : CODE_DONE;
}

/* Of a whole slot it is the display that is meant. */
static const struct pci_function *choose(const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (pci_function_is_display(targets->items[i]))
			return targets->items[i];
	return targets->items[0];
}

static enum exit_code read_function(struct host *host, const char *word,
				    const struct pci_function **ret_function, char **ret,
				    size_t *ret_size)
{
	struct targets targets = { 0 };
	enum exit_code code = CODE_DONE;
	struct error err;
	int r;

	r = targets_add_device(&targets, host, word, &err);
	if (r < 0) {
		code = fail(&err, r == -EINVAL ? CODE_USAGE : CODE_FAILED);
	} else {
		*ret_function = choose(&targets);
		host_discover_closely(host, &(*ret_function)->addr, 1);
		if (pci_function_is_bridge(*ret_function)) {
			log_error("%s: this is a bridge: it is never given to a guest, nor is its ROM",
				  word);
			code = CODE_BLOCKED;
		} else if (rom_read_device(host->root, *ret_function, ret, ret_size, &err) < 0) {
			code = fail(&err, CODE_FAILED);
		}
	}
	targets_release(&targets);
	return code;
}

static enum exit_code report(const char *subject, const struct option_rom *rom,
			     const struct options *options)
{
	if (option_given(options, OPTION_JSON)) {
		struct json_object *document = json_document();

		json_put_rom(document, rom);
		json_print(document, stdout);
		json_free(document);
	} else if (rom->image_count > 0) {
		text_rom(stdout, rom, options->color);
	}
	if (rom->image_count > 0)
		return CODE_DONE;
	log_error("%s: this is no PCI option ROM: %s", subject, rom->problems.items[0]);
	return CODE_FAILED;
}

static enum exit_code judge_file(const char *path, const struct options *options)
{
	_cleanup_free_ char *data = NULL;
	struct option_rom rom;
	size_t size = 0;
	enum exit_code code = read_file(path, &data, &size);

	if (code != CODE_DONE)
		return code;
	option_rom_parse(data, size, &rom);
	code = report(path, &rom, options);
	option_rom_release(&rom);
	return code;
}

static enum exit_code judge_device(struct invocation *invocation, const char *word)
{
	const struct pci_function *function = NULL;
	_cleanup_free_ char *data = NULL;
	struct option_rom rom;
	enum exit_code code;
	struct host host;
	struct error err;
	size_t size = 0;

	if (!invocation->root.live) {
		log_error("%s: the ROM of a device can be read only on the host that runs; without "
			  "--root, or as a FILE", word);
		return CODE_USAGE;
	}
	if (host_discover(&invocation->root, 0, &host, &err) < 0)
		return fail(&err, CODE_FAILED);
	code = read_function(&host, word, &function, &data, &size);
	if (code == CODE_DONE && function) {
		option_rom_parse(data, size, &rom);
		option_rom_match_device(&rom, function->vendor, function->device);
		code = report(pci_addr_text(function->addr).text, &rom, invocation->options);
		option_rom_release(&rom);
	}
	host_release(&host);
	return code;
}

static int rom_run(struct invocation *invocation)
{
	const char *word = invocation->args[0];

	return is_device(word) ? judge_device(invocation, word)
			       : judge_file(word, invocation->options);
}

const struct cmd cmd_rom = {
	.name = "rom",
	.arguments = "FILE|DEVICE",
	.summary = "show what an option ROM holds: has it an EFI (GOP) image?",
	.details = "List the images in a PCI option ROM, name what is wrong with it, and say whether a "
		   "guest under OVMF can have a picture from the card before its own driver runs: for "
		   "that the ROM needs an EFI image for x86-64.\n\n"
		   "What reads as a DEVICE is one, anything else is a FILE, which needs neither root nor "
		   "the card; write ./01:00.0 for a file of such a name. Of a whole slot (01:00) it is "
		   "the GPU.\n\n"
		   "The ROM of a DEVICE is read through the kernel, by root only, and disabled again; "
		   "neither driver nor settings of the device change. A few cards do not answer their "
		   "driver meanwhile, so do not do it while a program or a guest uses the card. Of the "
		   "boot GPU the kernel shows a copy that the firmware made; nothing is concluded from "
		   "that.\n\n"
		   "Exit status 0 says only that there is a ROM; what is in it, the output says.",
	.min_args = 1,
	.max_args = 1,
	.options = OPTION_BIT(OPTION_JSON),
	.run = rom_run,
};
