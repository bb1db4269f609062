/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "host/module.h"
#include "support/test.h"
#include "support/tree.h"

#define RELEASE "6.1.0-made-up"
#define MODULES "lib/modules/" RELEASE

static struct tree *tree;
static struct error err;

static int make_tree(void **unused)
{
	(void)unused;
	tree = tree_new();
	return 0;
}

static int free_tree(void **unused)
{
	(void)unused;
	tree_free(tree);
	return 0;
}

static bool run(const char *command)
{
	return system(command) == 0;
}

static bool have_tools(void)
{
	return run("command -v cc >/dev/null 2>&1") &&
	       run("PATH=$PATH:/usr/sbin:/sbin command -v depmod >/dev/null 2>&1");
}

/* depmod reads an ELF object's .modinfo section, and wants no more. */
static void compile_module(const char *name)
{
	_cleanup_free_ char *source = xasprintf(MODULES "/%s.c", name);
	_cleanup_free_ char *text =
		xasprintf("static const char info[] __attribute__((section(\".modinfo\"), used)) ="
			  " \"license=GPL\\0name=%s\\0depends=\";\n", name);
	_cleanup_free_ char *command = xasprintf("cd %s/" MODULES " && cc -c -o kernel/%s.ko %s.c",
						 tree_path(tree), name, name);

	tree_write(tree, source, text);
	tree_mkdir(tree, MODULES "/kernel");
	assert_true(run(command));
	tree_remove(tree, source);
}

static void index_modules(void)
{
	_cleanup_free_ char *command =
		xasprintf("PATH=$PATH:/usr/sbin:/sbin depmod -b %s " RELEASE " 2>/dev/null",
			  tree_path(tree));

	tree_write(tree, MODULES "/modules.order", "");
	if (!tree_has(tree, MODULES "/modules.builtin"))
		tree_write(tree, MODULES "/modules.builtin", "");
	assert_true(run(command));
}

/* The modules of a kernel that has vfio as modules; skips where it cannot be made. */
static void make_modules(void)
{
	if (!have_tools())
		skip();
	compile_module("vfio");
	compile_module("vfio_iommu_type1");
	compile_module("vfio-pci");
	index_modules();
}

static struct module_info look_at(const char *name)
{
	struct module_info info;

	assert_ok(modules_read(tree_root(tree), &name, 1, &info, &err), err);
	assert_string_equal(info.name, name);
	return info;
}

static void a_module_with_an_initstate_is_loaded(void **unused)
{
	(void)unused;
	tree_write(tree, "sys/module/vfio_pci/initstate", "live\n");
	assert_int_equal(look_at("vfio-pci").state, MODULE_LOADED);
	tree_write(tree, "sys/module/vfio_iommu_type1/initstate", "live\n");
	assert_int_equal(look_at("vfio_iommu_type1").state, MODULE_LOADED);
}

/* What is built in has at most a directory with its parameters there. */
static void a_module_without_an_initstate_is_built_in(void **unused)
{
	(void)unused;
	tree_write(tree, "sys/module/vfio_iommu_type1/parameters/dma_entry_limit", "65535\n");
	assert_int_equal(look_at("vfio_iommu_type1").state, MODULE_BUILTIN);
}

static void a_vfio_without_parameters_shows_in_its_classes(void **unused)
{
	(void)unused;
	tree_mkdir(tree, "sys/class/vfio");
	assert_int_equal(look_at("vfio").state, MODULE_BUILTIN);
	assert_int_not_equal(look_at("vfio-pci").state, MODULE_BUILTIN);
	tree_remove(tree, "sys/class/vfio");
	tree_mkdir(tree, "sys/class/vfio-dev");
	assert_int_equal(look_at("vfio").state, MODULE_BUILTIN);
	tree_write(tree, "sys/module/vfio/initstate", "live\n");
	assert_int_equal(look_at("vfio").state, MODULE_LOADED);
}

static void a_driver_that_is_registered_without_a_module_is_built_in(void **unused)
{
	(void)unused;
	tree_add_driver(tree, "vfio-pci", NULL);
	assert_int_equal(look_at("vfio-pci").state, MODULE_BUILTIN);
}

static void without_a_modules_directory_it_is_not_known(void **unused)
{
	(void)unused;
	assert_int_equal(look_at("vfio-pci").state, MODULE_UNKNOWN);
}

static void a_module_of_the_index_can_be_loaded(void **unused)
{
	(void)unused;
	make_modules();
	for (size_t i = 0; i < VFIO_MODULE_COUNT; i++) {
		struct module_info info = look_at(vfio_modules[i]);

		assert_int_equal(info.state, MODULE_LOADABLE);
		assert_string_equal(info.release, RELEASE);
	}
}

static void a_module_that_is_loaded_is_not_looked_for(void **unused)
{
	(void)unused;
	make_modules();
	tree_write(tree, "etc/modprobe.d/local.conf", "blacklist vfio-pci\n");
	tree_write(tree, "sys/module/vfio_pci/initstate", "live\n");
	assert_int_equal(look_at("vfio-pci").state, MODULE_LOADED);
}

static void a_module_that_is_nowhere_is_missing(void **unused)
{
	struct module_info info;

	(void)unused;
	make_modules();
	info = look_at("vfio-none");
	assert_int_equal(info.state, MODULE_MISSING);
	assert_string_equal(info.release, RELEASE);
}

static void a_module_of_the_list_of_builtins_is_built_in(void **unused)
{
	(void)unused;
	if (!have_tools())
		skip();
	tree_write(tree, MODULES "/modules.builtin",
		   "kernel/drivers/vfio/vfio.ko\nkernel/drivers/vfio/pci/vfio-pci.ko\n");
	index_modules();
	assert_int_equal(look_at("vfio").state, MODULE_BUILTIN);
	assert_int_equal(look_at("vfio-pci").state, MODULE_BUILTIN);
	assert_int_equal(look_at("vfio_iommu_type1").state, MODULE_MISSING);
}

static void a_blacklist_line_keeps_a_module_out_in_either_spelling(void **unused)
{
	struct module_info info;

	(void)unused;
	make_modules();
	tree_write(tree, "etc/modprobe.d/local.conf", "blacklist vfio_pci\n");
	info = look_at("vfio-pci");
	assert_int_equal(info.state, MODULE_BLACKLISTED);
	assert_false(info.install_command);
	assert_int_equal(look_at("vfio").state, MODULE_LOADABLE);
	tree_write(tree, "etc/modprobe.d/local.conf", "blacklist vfio-pci\n");
	assert_int_equal(look_at("vfio-pci").state, MODULE_BLACKLISTED);
}

static void every_place_of_modprobe_d_counts(void **unused)
{
	static const char *const places[] = { "etc", "run", "usr/local/lib", "usr/lib", "lib" };

	(void)unused;
	make_modules();
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *file = xasprintf("%s/modprobe.d/local.conf", places[i]);

		tree_write(tree, file, "blacklist vfio-pci\n");
		assert_int_equal(look_at("vfio-pci").state, MODULE_BLACKLISTED);
		tree_remove(tree, file);
		assert_int_equal(look_at("vfio-pci").state, MODULE_LOADABLE);
	}
}

static void an_install_line_that_does_nothing_keeps_a_module_out(void **unused)
{
	static const char *const commands[] = { "/bin/false", "/bin/true", "/usr/bin/false" };

	(void)unused;
	make_modules();
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		_cleanup_free_ char *line = xasprintf("install vfio-pci %s\n", commands[i]);
		struct module_info info;

		tree_write(tree, "etc/modprobe.d/local.conf", line);
		info = look_at("vfio-pci");
		assert_int_equal(info.state, MODULE_BLACKLISTED);
		assert_true(info.install_command);
	}
}

static void an_install_line_that_loads_it_does_not(void **unused)
{
	struct module_info info;

	(void)unused;
	make_modules();
	tree_write(tree, "etc/modprobe.d/local.conf",
		   "install vfio-pci /sbin/modprobe --ignore-install vfio-pci\n");
	info = look_at("vfio-pci");
	assert_int_equal(info.state, MODULE_LOADABLE);
	assert_false(info.install_command);
}

static void an_install_line_for_another_module_does_not(void **unused)
{
	(void)unused;
	make_modules();
	tree_write(tree, "etc/modprobe.d/local.conf", "install radeon /bin/false\n");
	assert_int_equal(look_at("vfio-pci").state, MODULE_LOADABLE);
}

static void every_state_has_words(void **unused)
{
	(void)unused;
	for (int i = 0; i < MODULE_STATE_MAX; i++)
		assert_true(*module_state_to_string((enum module_state)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, free_tree)
		WITH_TREE(a_module_with_an_initstate_is_loaded),
		WITH_TREE(a_module_without_an_initstate_is_built_in),
		WITH_TREE(a_vfio_without_parameters_shows_in_its_classes),
		WITH_TREE(a_driver_that_is_registered_without_a_module_is_built_in),
		WITH_TREE(without_a_modules_directory_it_is_not_known),
		WITH_TREE(a_module_of_the_index_can_be_loaded),
		WITH_TREE(a_module_that_is_loaded_is_not_looked_for),
		WITH_TREE(a_module_that_is_nowhere_is_missing),
		WITH_TREE(a_module_of_the_list_of_builtins_is_built_in),
		WITH_TREE(a_blacklist_line_keeps_a_module_out_in_either_spelling),
		WITH_TREE(every_place_of_modprobe_d_counts),
		WITH_TREE(an_install_line_that_does_nothing_keeps_a_module_out),
		WITH_TREE(an_install_line_that_loads_it_does_not),
		WITH_TREE(an_install_line_for_another_module_does_not),
		cmocka_unit_test(every_state_has_words),
	};

	return cmocka_run_group_tests_name("module", tests, NULL, NULL);
}
