/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "policy/grub-defaults.h"
#include "policy/kernel-words.h"
#include "support/test.h"

#define WORD "intel_iommu=on"
#define VAR  "GRUB_CMDLINE_LINUX_DEFAULT"

typedef int adder(const char *text, const char *word, char **ret, struct error *err);

/* wanted NULL: the word is there already. */
static void expect(adder *add, const char *text, const char *wanted)
{
	_cleanup_free_ char *got = NULL;
	struct error err;

	assert_ok(add(text, WORD, &got, &err), err);
	if (wanted)
		assert_string_equal(got ? got : "(as it is)", wanted);
	else
		assert_null(got);
}

static void expect_refusal(adder *add, const char *text, const char *why)
{
	char *got = NULL;
	struct error err = { 0 };

	if (add(text, WORD, &got, &err) == 0)
		fail_msg("\"%s\" became \"%s\"", text, got ? got : "(as it is)");
	assert_null(got);
	assert_contains(err.msg, why);
}

static void grub_is_given_one_word_more(void **state)
{
	static const char *const cases[][2] = {
		{ VAR "=\"quiet\"\n", VAR "=\"quiet " WORD "\"\n" },
		{ VAR "=\"quiet splash\"", VAR "=\"quiet splash " WORD "\"" },
		{ VAR "=\"\"\n", VAR "=\"" WORD "\"\n" },
		{ VAR "=''\n", VAR "='" WORD "'\n" },
		{ VAR "='quiet'\n", VAR "='quiet " WORD "'\n" },
		{ VAR "=\n", VAR "=\"" WORD "\"\n" },
		{ VAR "=quiet\n", VAR "=\"quiet " WORD "\"\n" },
		{ VAR "=\"quiet \"\n", VAR "=\"quiet " WORD " \"\n" },
		{ VAR "=\"quiet\" # as installed\n", VAR "=\"quiet " WORD "\" # as installed\n" },
		{ " \texport " VAR "=\"quiet\"\n", " \texport " VAR "=\"quiet " WORD "\"\n" },
		{ "# " VAR "=\"old\"\n" VAR "=\"quiet\"\n",
		  "# " VAR "=\"old\"\n" VAR "=\"quiet " WORD "\"\n" },
		/* What only begins like it is another variable, and so is a word. */
		{ VAR "_XEN=\"a\"\n" VAR "=\"xintel_iommu=on\"\n",
		  VAR "_XEN=\"a\"\n" VAR "=\"xintel_iommu=on " WORD "\"\n" },
		{ VAR "='a \"b c\" $d `e` \\'\n", VAR "='a \"b c\" $d `e` \\ " WORD "'\n" },
		{ "", VAR "=\"" WORD "\"\n" },
		{ "GRUB_TIMEOUT=5", "GRUB_TIMEOUT=5\n" VAR "=\"" WORD "\"\n" },
		{ "GRUB_CMDLINE_LINUX=\"a=b\"\n", "GRUB_CMDLINE_LINUX=\"a=b\"\n" VAR "=\"" WORD "\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect(grub_defaults_add, cases[i][0], cases[i][1]);
}

/* As Debian 12 and 13 install it. */
static void the_files_of_distributions_are_understood(void **state)
{
	static const char head[] =
		"# If you change this file, run 'update-grub' afterwards to update\n"
		"# /boot/grub/grub.cfg.\n\nGRUB_DEFAULT=0\nGRUB_TIMEOUT=5\n",
		debian12[] = "GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\n",
		debian13[] = "GRUB_DISTRIBUTOR=`( . /etc/os-release; echo ${NAME:-Debian} ) "
			     "2>/dev/null || echo Debian`\n",
		fedora[] = "GRUB_DISTRIBUTOR=\"$(sed 's, release .*$,,g' /etc/system-release)\"\n",
		tail[] = "GRUB_CMDLINE_LINUX=\"\"\n\n#GRUB_BADRAM=\"0x01234567,0xfefefefe\"\n"
			 "#GRUB_TERMINAL=console\n";
	const char *const distributors[] = { debian12, debian13, fedora };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(distributors); i++) {
		_cleanup_free_ char *before =
			xasprintf("%s%s" VAR "=\"quiet\"\n%s", head, distributors[i], tail);
		_cleanup_free_ char *after =
			xasprintf("%s%s" VAR "=\"quiet " WORD "\"\n%s", head, distributors[i], tail);

		expect(grub_defaults_add, before, after);
	}
}

static void a_word_that_is_there_is_not_added(void **state)
{
	(void)state;
	expect(grub_defaults_add, VAR "=\"quiet " WORD "\"\n", NULL);
	expect(grub_defaults_add, VAR "=" WORD "\n", NULL);
	expect(grub_defaults_add, VAR "=\"quiet\"\nGRUB_CMDLINE_LINUX='" WORD " a'\n", NULL);
	expect(kernel_cmdline_add, "root=/dev/sda1 " WORD "\n", NULL);
	expect(loader_entry_add, "options " WORD "\noptions root=/dev/sda1\n", NULL);
}

static void what_is_not_certain_in_grubs_file_is_refused(void **state)
{
	static const char *const cases[][2] = {
		/* several assignments */
		{ VAR "=\"a\"\n" VAR "=\"b\"\n", "assigned 2 times" },
		{ VAR "=\"a\"\nexport " VAR "='b'\n", "assigned 2 times" },
		{ VAR "=\"a\"\n" VAR "+=\" b\"\n", "line 2" },
		{ "A=1 " VAR "=\"a\"\n", "line 1" },
		{ "A=1; " VAR "=\"a\"\n", "line 1" },
		/* expansions, escapes, several pieces */
		{ VAR "=\"$OLD quiet\"\n", "expansions" },
		{ VAR "=\"`cat /etc/words`\"\n", "expansions" },
		{ VAR "=`cat /etc/words`\n", "expansions" },
		{ VAR "=\"a \\\"b\\\"\"\n", "escapes" },
		{ VAR "=\"a\"' b'\n", "several pieces" },
		{ VAR "=\"a\"b\n", "several pieces" },
		{ VAR "=$OLD\n", "line 1" },
		{ VAR "=a\\ b\n", "line 1" },
		{ VAR "=a#b\n", "line 1" },
		{ VAR "=(a b)\n", "line 1" },
		{ "GRUB_CMDLINE_LINUX=\"$A\"\n" VAR "=\"a\"\n", "GRUB_CMDLINE_LINUX has" },
		/* more than one line */
		{ VAR "=\"a\nb\"\n", "not closed on the same line" },
		{ VAR "=\"a \\\nb\"\n", "not closed on the same line" },
		{ VAR "=a\\\nb\n", "line 1" },
		{ "TEXT=\"\n" VAR "='a'\n\"\n", "line 1" },
		{ "A='\n" VAR "=\"b\"\n'\n", "line 1" },
		{ VAR "=\"a\n", "not closed" },
		/* a shell script that does more */
		{ "if true; then\n" VAR "=\"a\"\nfi\n", "line 1" },
		{ "[ -f /x ] && " VAR "=\"a\"\n", "line 1" },
		{ ". /etc/more\n" VAR "=\"a\"\n", "line 1" },
		{ "cat <<END\n" VAR "=\"a\"\nEND\n", "line 1" },
		{ "f() {\n" VAR "=\"a\"\n}\n", "line 1" },
		{ VAR "=\"a\" true\n", "more than an assignment" },
		{ VAR "=\"a\" && b\n", "more than an assignment" },
		{ VAR " = \"a\"\n", "line 1" },
		{ "unset " VAR "\n", "line 1" },
		{ "A=\"$(echo \"\n" VAR "=\"b\"\n\")\"\n", "line 1" },
		{ "A=\"$(echo \"\n" VAR "=\"b\"\nB=\" )\"\n", "line 1" },
		{ "A=\"${B:-\"\n" VAR "=\"b\"\nB=\"}\"\n", "line 1" },
		{ "A=\"`echo \"\n" VAR "=\"b\"\nB=\"`\"\n", "line 1" },
		{ "A=\"$(echo \"x y\")\"\n" VAR "=\"a\"\n", "line 1" },
		{ VAR "=\"a\"\r\n", "carriage" },
		/* it says something else of the same key */
		{ VAR "=\"intel_iommu=off\"\n", "intel_iommu=off already" },
		{ VAR "=\"intel-iommu=on,sm_on\"\n", "intel-iommu=on,sm_on already" },
		{ VAR "=\"a\"\nGRUB_CMDLINE_LINUX=\"intel_iommu=igfx_off\"\n", "line 2" },
		{ VAR "='a \"b'\n", "quotation mark" },
		{ VAR "=\"a -- b\"\n", "process 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_refusal(grub_defaults_add, cases[i][0], cases[i][1]);
}

static void kernel_installs_line_gets_it_at_its_end(void **state)
{
	(void)state;
	expect(kernel_cmdline_add, "root=/dev/sda1 quiet\n", "root=/dev/sda1 quiet " WORD "\n");
	expect(kernel_cmdline_add, "root=/dev/sda1", "root=/dev/sda1 " WORD);
	expect(kernel_cmdline_add, "root=/dev/sda1 \n\n", "root=/dev/sda1 " WORD " \n\n");
	expect(kernel_cmdline_add, "root=/dev/sda1\nquiet\n", "root=/dev/sda1\nquiet " WORD "\n");
	expect_refusal(kernel_cmdline_add, "\n", "not a word");
	expect_refusal(kernel_cmdline_add, "# words\nroot=/dev/sda1\n", "comment");
	expect_refusal(kernel_cmdline_add, "root=/dev/sda1\n  # more\n", "comment");
	expect_refusal(kernel_cmdline_add, "a=\"b c\n", "quotation mark");
	expect_refusal(kernel_cmdline_add, "root=/dev/sda1 intel_iommu=off\n", "intel_iommu=off");
	expect_refusal(kernel_cmdline_add, "root=/dev/sda1 -- single\n", "process 1");
}

static void an_entry_gets_it_in_its_last_line_of_options(void **state)
{
	(void)state;
	expect(loader_entry_add, "title Arch\nlinux /vmlinuz\noptions root=/dev/sda1 rw\n",
	       "title Arch\nlinux /vmlinuz\noptions root=/dev/sda1 rw " WORD "\n");
	expect(loader_entry_add, "options\ta\n  options b\ntitle options c\n",
	       "options\ta\n  options b " WORD "\ntitle options c\n");
	expect(loader_entry_add, "options a", "options a " WORD);
	expect_refusal(loader_entry_add, "title Arch\n#options a\noptionsx b\n", "no line of options");
	expect_refusal(loader_entry_add, "options $kernelopts\n", "variable");
	expect_refusal(loader_entry_add, "options intel_iommu=off\noptions b\n", "intel_iommu=off");
	expect_refusal(loader_entry_add, "options a\r\n", "carriage");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grub_is_given_one_word_more),
		cmocka_unit_test(the_files_of_distributions_are_understood),
		cmocka_unit_test(a_word_that_is_there_is_not_added),
		cmocka_unit_test(what_is_not_certain_in_grubs_file_is_refused),
		cmocka_unit_test(kernel_installs_line_gets_it_at_its_end),
		cmocka_unit_test(an_entry_gets_it_in_its_last_line_of_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
