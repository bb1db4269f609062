/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/prepare.h"

#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "host/names.h"
#include "host/platform.h"
#include "launch/pinning.h"
#include "launch/preflight.h"
#include "launch/qemu-trial.h"

static void ask(const struct guest *guest, struct launch_plan *plan)
{
	const char *qemu = guest->board.qemu;
	struct error err;

	if (!preflight_find_program(qemu))
		return;
	if (qemu_caps_ask(qemu, &plan->caps, &err) < 0) {
		strv_addf(&plan->problems, "%s: cannot be asked what it can do: %s", qemu, err.msg);
		return;
	}
	log_debug("%s: QEMU %s, %zu types", qemu, plan->caps.version, plan->caps.types.count);
	if (!qemu_caps_have_sandbox(&plan->caps))
		finding_add(&plan->findings, FINDING_NO_SANDBOX, qemu,
			    xstrdup("This QEMU has no -sandbox: it was built without seccomp, so a guest "
				    "that breaks out may make any system call."),
			    xstrdup("Install a distribution's QEMU, or build it with libseccomp."));
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
	ask(guest, ret);
	plan_fds(guest, fds, ret);
	ret->facts = (struct qemu_facts){
		.have_kvm = launch_have_kvm(),
		.have_vhost = access("/" NAME_DEV_VHOST_NET, F_OK) == 0,
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
