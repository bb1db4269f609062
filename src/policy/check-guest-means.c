/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/check.h"

static void check_kvm(const struct host *host, struct finding_list *findings)
{
	const char *flag = host->platform.cpu == CPU_INTEL ? "VT-x"
			   : host->platform.cpu == CPU_AMD ? "SVM" : "virtualisation";

	/* KVM can do without in software, as nested hosts have it: what works needs no flag. */
	if (host->platform.virtualisation == KNOWN_NO && host->means.kvm != KVM_USABLE)
		finding_add(findings, FINDING_CPU_NO_VIRTUALISATION, "processor",
			    xstrdup("the processor shows neither vmx nor svm: a guest "
				    "needs accel=tcg, and runs many times slower"),
			    xasprintf("turn on %s in the firmware set-up; in a virtual machine, "
				      "turn on nested virtualisation on its host", flag));
	if (host->means.kvm == KVM_ABSENT)
		finding_add(findings, FINDING_KVM_MISSING, "/" NAME_DEV_KVM,
			    xstrdup("no KVM driver is in the kernel: a guest needs accel=tcg, "
				    "and runs many times slower"),
			    xasprintf("run   modprobe %s   and where that fails,   dmesg | grep -i kvm   "
				      "says why",
				      host->platform.cpu == CPU_INTEL ? "kvm_intel"
				      : host->platform.cpu == CPU_AMD ? "kvm_amd" : "kvm"));
	else if (host->means.kvm == KVM_FORBIDDEN)
		finding_add(findings, FINDING_KVM_MISSING, "/" NAME_DEV_KVM,
			    xstrdup("you may not open it, so a guest that you start has no KVM"),
			    xstrdup("start guests as root, or join the group that owns it: "
				    "usermod -aG kvm USER"));
}

static void check_memory(const struct guest_means *means, struct finding_list *findings)
{
	if (means->memlock_low == KNOWN_YES)
		finding_add(findings, FINDING_MEMLOCK_LOW, "RLIMIT_MEMLOCK",
			    xasprintf("you may lock %" PRIu64 " MiB of memory, and all memory of a "
				      "guest with a device gets locked",
				      means->memlock_limit >> 20),
			    xstrdup("start guests as root, or set memlock for your user in "
				    "/etc/security/limits.d/ to the guest's memory plus 1 GiB"));
	if (means->hugepages == KNOWN_YES && means->hugepages_free == 0)
		finding_add(findings, FINDING_HUGEPAGES, "memory",
			    means->hugepages_total == 0
				    ? xstrdup("no huge pages are reserved: a guest's memory is "
					      "made of small ones, which is slower")
				    : xasprintf("all %" PRIu64 " reserved huge pages are in use",
						means->hugepages_total),
			    xstrdup("nothing has to be done; to reserve 2 MiB pages for 4 GiB:   "
				    "sysctl vm.nr_hugepages=2048"));
}

/* What launch needs to start a guest of the usual kind. */
void check_guest_means(const struct host *host, const struct targets *targets,
		       struct finding_list *findings)
{
	(void)targets;
	check_kvm(host, findings);
	check_memory(&host->means, findings);
	if (host->means.qemu == KNOWN_NO)
		finding_add(findings, FINDING_QEMU_MISSING, "qemu-system-x86_64",
			    xstrdup("there is no such program, so no guest can be started"),
			    xstrdup("install QEMU (Debian: apt install qemu-system-x86)"));
	if (host->means.firmware == KNOWN_NO)
		finding_add(findings, FINDING_OVMF_MISSING, "OVMF",
			    xstrdup("there is no UEFI firmware for guests, and a card without its "
				    "BIOS needs it to have a screen"),
			    xstrdup("install OVMF (Debian: apt install ovmf)"));
}
