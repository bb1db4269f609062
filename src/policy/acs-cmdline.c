/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/acs-cmdline.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define DISABLE_REDIRECT "disable_acs_redir="
#define CONFIG           "config_acs="

/* config_acs= came with Linux 6.11; a kernel that does not know it goes on without. */
#define CONFIG_MAJOR 6
#define CONFIG_MINOR 11

static bool knows_config(const struct platform *platform)
{
	unsigned int major, minor;

	return !platform->kernel_release ||
	       sscanf(platform->kernel_release, "%u.%u", &major, &minor) != 2 ||
	       major > CONFIG_MAJOR || (major == CONFIG_MAJOR && minor >= CONFIG_MINOR);
}

static void set_if_key(char **value, const char *option, const char *key)
{
	if (strncmp(option, key, strlen(key)) != 0)
		return;
	free(*value);
	*value = xstrdup(option + strlen(key));
}

/* Options of pci= are separated by commas, devices by semicolons; of an option the last counts. */
static void parse_word(const char *word, struct acs_cmdline *cmdline)
{
	_cleanup_(strv_release) struct strv options = { 0 };

	strv_split(&options, word, ",\"");
	for (size_t i = 0; i < options.count; i++) {
		set_if_key(&cmdline->disable_redirect, options.items[i], DISABLE_REDIRECT);
		set_if_key(&cmdline->config, options.items[i], CONFIG);
	}
}

void acs_cmdline_parse(const struct platform *platform, struct acs_cmdline *ret)
{
	*ret = (struct acs_cmdline){ 0 };
	for (size_t i = 0; i < platform->cmdline.count; i++) {
		const char *word = platform->cmdline.items[i];

		word += *word == '"'; /* "pci=a;b" as a whole may be in quotes, or what is behind = */
		if (strncmp(word, "pci=", 4) == 0)
			parse_word(word + 4, ret);
	}
	if (!knows_config(platform)) {
		free(ret->config);
		ret->config = NULL;
	}
}

void acs_cmdline_release(struct acs_cmdline *cmdline)
{
	free(cmdline->disable_redirect);
	free(cmdline->config);
	*cmdline = (struct acs_cmdline){ 0 };
}

enum match { MATCH_NO, MATCH_YES, MATCH_INVALID };

/* "pci:8086:10d3" or "pci:8086:10d3:8086:0001"; 0 stands for any. */
static enum match match_ids(const char *text, const struct pci_function *f)
{
	unsigned int id[4] = { 0 };
	char end;
	int count = sscanf(text, "pci:%x:%x:%x:%x%c", &id[0], &id[1], &id[2], &id[3], &end);

	if (count != 4 && sscanf(text, "pci:%x:%x%c", &id[0], &id[1], &end) != 2)
		return MATCH_INVALID;
	return (id[0] == 0 || id[0] == f->vendor) && (id[1] == 0 || id[1] == f->device) &&
	       (id[2] == 0 || id[2] == f->subsystem_vendor) &&
	       (id[3] == 0 || id[3] == f->subsystem_device) ? MATCH_YES : MATCH_NO;
}

/* "0000:00:1c.0", and "00:1c.0/00.0": the function 00.0 behind that (pci_dev_str_match_path()). */
static enum match match_path(const char *text, const struct pci_tree *tree, size_t function)
{
	const struct pci_function *items = tree->host->functions.items;
	_cleanup_free_ char *path = xstrdup(text);
	unsigned int domain = 0, bus, device, number;
	const struct pci_addr *addr;
	char *slash, end;

	while ((slash = strrchr(path, '/'))) {
		if (sscanf(slash, "/%x.%x%c", &device, &number, &end) != 2)
			return MATCH_INVALID;
		if (function == NO_FUNCTION || items[function].addr.device != device ||
		    items[function].addr.function != number)
			return MATCH_NO;
		function = tree->nodes[function].parent;
		*slash = '\0';
	}
	if (sscanf(path, "%x:%x:%x.%x%c", &domain, &bus, &device, &number, &end) != 4) {
		domain = 0;
		if (sscanf(path, "%x:%x.%x%c", &bus, &device, &number, &end) != 3)
			return MATCH_INVALID;
	}
	if (function == NO_FUNCTION)
		return MATCH_NO;
	addr = &items[function].addr;
	return addr->domain == domain && addr->bus == bus && addr->device == device &&
	       addr->function == number ? MATCH_YES : MATCH_NO;
}

static enum match match(const char *text, const struct pci_tree *tree, size_t function)
{
	return strncmp(text, "pci:", 4) == 0
		       ? match_ids(text, &tree->host->functions.items[function])
		       : match_path(text, tree, function);
}

/* The kernel stops at what it cannot read. */
static bool is_listed(const char *list, const struct pci_tree *tree, size_t function)
{
	_cleanup_(strv_release) struct strv devices = { 0 };
	enum match found = MATCH_NO;

	strv_split(&devices, list ? list : "", ";");
	for (size_t i = 0; i < devices.count && found == MATCH_NO; i++)
		found = match(devices.items[i], tree, function);
	return found == MATCH_YES;
}

/* "10x" before the @: bit 0 last; 1 switches on, 0 off, x leaves as it is. */
static uint16_t apply_flags(uint16_t cleared, const char *flags, size_t count)
{
	for (size_t bit = 0; bit < count; bit++) {
		char flag = flags[count - 1 - bit];

		if (flag == '0')
			cleared |= (uint16_t)(1U << bit);
		else if (flag == '1')
			cleared &= (uint16_t)~(1U << bit);
	}
	return cleared;
}

static uint16_t apply_config(uint16_t cleared, const char *list, const struct pci_tree *tree,
			     size_t function)
{
	_cleanup_(strv_release) struct strv entries = { 0 };
	enum match found = MATCH_NO;

	strv_split(&entries, list ? list : "", ";");
	for (size_t i = 0; i < entries.count && found == MATCH_NO; i++) {
		const char *flags = entries.items[i], *at = strchr(flags, '@');
		size_t count = at ? (size_t)(at - flags) : 0;

		if (count == 0 || count > ACS_BITS || strspn(flags, "01xX") != count)
			break;
		found = match(at + 1, tree, function);
		if (found == MATCH_YES)
			return apply_flags(cleared, flags, count);
	}
	return cleared;
}

uint16_t acs_cmdline_cleared(const struct acs_cmdline *cmdline, const struct pci_tree *tree,
			     size_t function)
{
	uint16_t cleared = 0;

	if (is_listed(cmdline->disable_redirect, tree, function))
		cleared = ACS_REQUEST_REDIRECT | ACS_COMPLETION_REDIRECT;
	return apply_config(cleared, cmdline->config, tree, function);
}
