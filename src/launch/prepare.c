/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/prepare.h"

#include "base/log.h"
#include "host/platform.h"
#include "launch/pinning.h"
#include "launch/preflight.h"
#include "launch/qemu-trial.h"

/*
 * QEMU is asked only about what not every build or release has: the answer costs a start of it.
 * Everything else is in each QEMU from 7.2 to 10.
 */
static bool should_ask(const struct guest *guest, bool iommufd)
{
	return iommufd || guest->cpu.hyperv || guest->spice.at.line || guest->audio.at.line ||
	       guest->usb_count > 0 || guest->board.vga == GUEST_VGA_QXL ||
	       guest->board.vga == GUEST_VGA_VIRTIO;
}

static void ask(const struct guest *guest, struct launch_plan *plan)
{
	struct error err;

	if (!preflight_find_program(guest->board.qemu))
		return;
	/* What is wrong with it will show when it is started; the host has not changed till then. */
	if (qemu_caps_ask(guest->board.qemu, &plan->caps, &err) < 0)
		strv_addf(&plan->problems, "%s: cannot be asked what it can do: %s",
			  guest->board.qemu, err.msg);
	else
		log_debug("%s: QEMU %s, %zu types", guest->board.qemu, plan->caps.version,
			  plan->caps.types.count);
}

static void plan_fds(const struct guest *guest, bool kernel, struct launch_plan *plan)
{
	bool qemu = plan->caps.version && plan->caps.vfio_fd &&
		    qemu_caps_have_type(&plan->caps, "iommufd");

	if (kernel && qemu)
		plan->fds = vfio_fds_plan(guest);
	else if (guest->board.vfio == GUEST_VFIO_IOMMUFD && guest->hostdev_count > 0)
		strv_addf(&plan->problems, "%s:%u: vfio=iommufd: %s: leave the choice to vfio=auto",
			  guest->file, guest->board.at.line,
			  kernel ? "this QEMU has no iommufd, or no fd= for vfio-pci"
				 : "this kernel has no /dev/iommu with /dev/vfio/devices, or the "
				   "modules are not loaded (modprobe iommufd vfio-pci)");
}

/* What of this host decides about the arguments. */
static void look_at_host(const struct guest *guest, bool *kernel_has_fds, bool *amd)
{
	struct unknowns unknowns = { 0 };
	struct platform platform = { 0 };
	struct host_root root;
	struct error err;

	if (host_root_open(NULL, &root, &err) < 0)
		return;
	*kernel_has_fds = guest->board.vfio != GUEST_VFIO_GROUP && guest->hostdev_count > 0 &&
			  vfio_fds_available(&root);
	platform_read(&root, &platform, &unknowns);
	*amd = platform.cpu == CPU_AMD;
	platform_release(&platform);
	unknowns_release(&unknowns);
	host_root_close(&root);
}

void launch_prepare(struct guest *guest, struct launch_plan *ret)
{
	bool fds = false, amd = false;
	struct error err;

	*ret = (struct launch_plan){ 0 };
	guest_find_hostdevs(guest, &ret->problems);
	look_at_host(guest, &fds, &amd);
	if (should_ask(guest, fds))
		ask(guest, ret);
	plan_fds(guest, fds, ret);
	ret->facts = (struct qemu_facts){
		.have_kvm = launch_have_kvm(),
		.amd = amd,
		.caps = &ret->caps,
		.fds = ret->fds.count > 0 ? &ret->fds : NULL,
	};
	if (firmware_resolve("", guest, &ret->firmware, &err) < 0)
		strv_add(&ret->problems, err.msg);
	else
		ret->facts.firmware = &ret->firmware;
	launch_preflight(guest, ret->facts.firmware, &ret->problems, &ret->findings);
	backends_plan(guest, &ret->backends, &ret->problems);
	qemu_argv(guest, &ret->facts, &ret->argv);
	qemu_caps_check(&ret->caps, &ret->argv, &ret->problems);
	if (ret->problems.count == 0)
		pinning_try(guest, &ret->problems);
	if (ret->problems.count == 0)
		qemu_trial(guest, &ret->facts, &ret->problems);
}

void launch_plan_release(struct launch_plan *plan)
{
	firmware_release(&plan->firmware);
	qemu_caps_release(&plan->caps);
	vfio_fds_close(&plan->fds);
	backends_release(&plan->backends);
	strv_release(&plan->argv);
	strv_release(&plan->problems);
	finding_list_release(&plan->findings);
}
