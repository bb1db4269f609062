/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/judged.h"
#include "support/topology.h"

/* 256 MiB and 64 KiB, as of an old card. */
#define RESOURCES                                                                                  \
	"0x00000000d0000000 0x00000000dfffffff 0x0000000000042208\n"                               \
	"0x000000000000c000 0x000000000000c0ff 0x0000000000040101\n"                               \
	"0x00000000fe020000 0x00000000fe02ffff 0x0000000000040200\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x00000000fe000000 0x00000000fe01ffff 0x0000000000046200\n"

static void add_guest_means(struct tree *tree)
{
	tree_write(tree, "proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: fpu vmx sse\n\n");
	tree_write(tree, "proc/cmdline", "root=/dev/sda1 intel_iommu=on quiet\n");
	tree_write(tree, "sys/firmware/acpi/tables/DMAR", "");
	tree_write(tree, "sys/class/misc/kvm/dev", "10:232\n");
	tree_write(tree, "usr/bin/qemu-system-x86_64", "");
	tree_write(tree, "usr/share/OVMF/OVMF_CODE_4M.fd", "");
	tree_write(tree, "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "16\n");
	tree_write(tree, "sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "16\n");
	tree_write(tree, "sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
}

/* A card of two functions behind a port with ACS. */
static void add_capabilities(struct tree *tree)
{
	const uint8_t multifunction = 0x80;

	topology_set_pcie(tree, PORT, PCIE_ROOT_PORT, ACS_PORT, ACS_PORT_ON);
	topology_set_pcie(tree, GPU, PCIE_LEGACY_ENDPOINT, NO_ACS, 0);
	tree_set_config(tree, GPU, 0x0e, &multifunction, 1);
	topology_set_pcie(tree, AUDIO, PCIE_LEGACY_ENDPOINT, NO_ACS, 0);
}

void judged_make(struct judged *j)
{
	*j = (struct judged){ .tree = host_with_radeon(), .device = "01:00" };
	host_load_vfio(j->tree);
	tree_set(j->tree, GPU, "resource", RESOURCES);
	add_capabilities(j->tree);
	add_guest_means(j->tree);
}

void judged_release(struct judged *j)
{
	finding_list_release(&j->findings);
	targets_release(&j->targets);
	host_release(&j->host);
	tree_free(j->tree);
}

void judge_for(struct judged *j, enum assess_purpose purpose)
{
	struct error err;
	struct pci_addr *addrs;

	targets_release(&j->targets);
	finding_list_release(&j->findings);
	host_look_again(j->tree, &j->host);
	target_add(&j->targets, &j->host, j->device);
	addrs = targets_addrs(&j->targets);
	host_discover_holders(&j->host, addrs, j->targets.count);
	host_discover_uses(&j->host, addrs, j->targets.count);
	if (purpose == ASSESS_CHECK)
		assert_ok(host_discover_rest(&j->host, &err), err);
	free(addrs);
	assess(&j->host, &j->targets, purpose, &j->findings);
}

static void print_findings(const struct judged *j)
{
	for (size_t i = 0; i < j->findings.count; i++)
		print_message("found: %s: %s: %s\n", finding_kinds[j->findings.items[i].id].id,
			      j->findings.items[i].subject, j->findings.items[i].message);
}

void assert_only(struct judged *j, const char *id, const char *subject, const char *why,
		 const char *remedy)
{
	const struct finding *f;

	judge_for(j, ASSESS_CHECK);
	if (j->findings.count != 1)
		print_findings(j);
	assert_int_equal(j->findings.count, 1);
	f = &j->findings.items[0];
	assert_string_equal(finding_kinds[f->id].id, id);
	assert_string_equal(f->subject, subject);
	assert_contains(f->message, why);
	assert_contains(f->remedy, remedy);
}

const struct finding *judged_find(const struct judged *j, const char *id, const char *subject)
{
	for (size_t i = 0; i < j->findings.count; i++)
		if (strcmp(finding_kinds[j->findings.items[i].id].id, id) == 0 &&
		    strcmp(j->findings.items[i].subject, subject) == 0)
			return &j->findings.items[i];
	print_findings(j);
	fail_msg("no finding %s of %s", id, subject);
	return NULL;
}
