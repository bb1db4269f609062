/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where boot loaders keep the kernel's words: a file is refused with a reason, or one word is put in,
 * after which it is there; all else of the text stays, the quotes of a bare value aside.
 */
#include <string.h>

#include "fuzz.h"
#include "policy/grub-defaults.h"
#include "policy/kernel-words.h"

#define WORD "intel_iommu=on"

static size_t common_start(const char *a, const char *b)
{
	size_t len = 0;

	while (a[len] && a[len] == b[len])
		len++;
	return len;
}

static size_t common_end(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b), len = 0;

	while (len < a_len && len < b_len && a[a_len - 1 - len] == b[b_len - 1 - len])
		len++;
	return len;
}

static void check_add(int (*add)(const char *, const char *, char **, struct error *),
		      const char *text, size_t quotes)
{
	_cleanup_free_ char *with = NULL, *again = NULL;
	struct error err = { .code = 0 };
	size_t same;

	if (add(text, WORD, &with, &err) < 0) {
		check(!with && err.code != 0 && err.msg[0]);
		return;
	}
	if (!with)
		return;
	check(strstr(with, WORD) && add(with, WORD, &again, &err) == 0 && !again);
	same = common_start(text, with) + common_end(text, with);
	check(same + quotes >= strlen(text));
}

/* A bare value gets quotes: all of it is then neither at the start nor at the end. */
static size_t longest_line(const char *text)
{
	size_t longest = 0;

	for (; *text; text += text[strcspn(text, "\n")] ? strcspn(text, "\n") + 1 : strlen(text))
		if (strcspn(text, "\n") > longest)
			longest = strcspn(text, "\n");
	return longest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_add(grub_defaults_add, text, longest_line(text));
	check_add(kernel_cmdline_add, text, 0);
	check_add(loader_entry_add, text, 0);
	return 0;
}
