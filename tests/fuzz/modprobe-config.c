/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of modprobe.d gives devices to vfio-pci, or does not: by ids whose source is named. */
#include <string.h>

#include "fuzz-tree.h"
#include "fuzz.h"
#include "host/rivals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct platform platform = { .cpu = CPU_UNKNOWN };
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct unknowns unknowns = { 0 };
	struct rivals rivals = { 0 };

	tree_write(fuzz_tree(), "etc/modprobe.d/vfio.conf", text);
	modprobe_config_read(tree_root(fuzz_tree()), &platform, &rivals, &unknowns);
	check(rivals.ids_count == 0 || rivals.source_count > 0);
	for (size_t i = 0; i < rivals.source_count; i++)
		check(strcmp(rivals.sources[i].where, "/etc/modprobe.d/vfio.conf") == 0);
	for (size_t i = 0; i < rivals.softdep_count; i++)
		check(rivals.softdeps[i].module[0]);
	rivals_release(&rivals);
	unknowns_release(&unknowns);
	return 0;
}
