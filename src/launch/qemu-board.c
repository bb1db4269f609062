/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "launch/qemu-parts.h"

/*
 * What Windows gains from and every QEMU from 7.2 on has, in the order that dependencies want:
 * synic needs vpindex, stimer needs synic and time, tlbflush and ipi need vpindex (QEMU's
 * docs/system/i386/hyperv.rst). Those for nested guests are left out.
 */
static const char *const enlightenments[] = {
	"hv-relaxed", "hv-vapic", "hv-spinlocks=0x1fff", "hv-vpindex", "hv-runtime",
	"hv-time", "hv-synic", "hv-stimer", "hv-stimer-direct", "hv-tlbflush",
	"hv-ipi", "hv-frequencies",
};

static bool wants_backend(const struct guest *guest)
{
	const struct guest_memory *memory = &guest->memory;

	return memory->hugepages != GUEST_HUGEPAGES_NO || memory->shared || memory->prealloc ||
	       guest->share_count > 0;
}

static void add_machine(struct qemu_builder *builder)
{
	static const char *const machines[] = {
		[GUEST_MACHINE_PC] = "pc", [GUEST_MACHINE_Q35] = "q35"
	};
	/* A property of the kvm accelerator: tcg does not know it. */
	static const char *const irqchips[] = {
		[GUEST_IRQCHIP_DEFAULT] = "",
		[GUEST_IRQCHIP_ON] = ",kernel-irqchip=on",
		[GUEST_IRQCHIP_SPLIT] = ",kernel-irqchip=split",
		[GUEST_IRQCHIP_OFF] = ",kernel-irqchip=off",
	};
	const struct guest *guest = builder->guest;
	const struct firmware *firmware = builder->facts->firmware;

	qemu_add(builder, "-machine", "%s,accel=%s%s%s%s%s", machines[guest->board.machine],
		 builder->kvm ? "kvm" : "tcg",
		 builder->kvm ? irqchips[guest->board.kernel_irqchip] : "",
		 guest->board.hpet ? "" : ",hpet=off",
		 firmware && firmware->needs_smm ? ",smm=on" : "",
		 wants_backend(guest) ? ",memory-backend=ram" : "");
}

/*
 * Shared, as a private mapping of a memory file would have a second copy of every page that is
 * written. Without a path the file needs no mount.
 */
static void add_backend(struct qemu_builder *builder)
{
	static const char *const sizes[] = {
		[GUEST_HUGEPAGES_NO] = "",
		[GUEST_HUGEPAGES_2M] = ",hugetlb=on,hugetlbsize=2M",
		[GUEST_HUGEPAGES_1G] = ",hugetlb=on,hugetlbsize=1G",
	};
	const struct guest_memory *memory = &builder->guest->memory;
	bool prealloc = memory->prealloc || memory->hugepages != GUEST_HUGEPAGES_NO;
	const char *size = builder->guest->board.memory.text;

	if (memory->path.text) {
		_cleanup_free_ char *path = qemu_escape(memory->path.text);

		qemu_add(builder, "-object",
			 "memory-backend-file,id=ram,size=%s,mem-path=%s,share=on,prealloc=on", size,
			 path);
	} else {
		qemu_add(builder, "-object", "memory-backend-memfd,id=ram,size=%s,share=on%s%s",
			 size, sizes[memory->hugepages], prealloc ? ",prealloc=on" : "");
	}
}

static void add_memory(struct qemu_builder *builder)
{
	qemu_add(builder, "-m", "%s", builder->guest->board.memory.text);
	if (wants_backend(builder->guest))
		add_backend(builder);
	if (builder->guest->memory.locked)
		qemu_add(builder, "-overcommit", "mem-lock=on");
}

static void put_enlightenments(const struct qemu_caps *caps, FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(enlightenments); i++) {
		const char *word = enlightenments[i];
		_cleanup_free_ char *flag = xstrndup(word, strcspn(word, "="));

		if (caps && !qemu_caps_have_cpu_flag(caps, flag))
			continue;
		fprintf(out, ",%s%s", word, strchr(word, '=') ? "" : "=on");
	}
}

/*
 * AMD's processors tell of threads by topoext, which QEMU does not switch on for the host's model by
 * itself; Intel's have no such flag.
 */
static bool wants_topoext(const struct qemu_builder *builder)
{
	const struct guest_cpu *cpu = &builder->guest->cpu;

	return builder->kvm && builder->facts->amd && cpu->threads > 1 &&
	       strcmp(cpu->model, "host") == 0;
}

/*
 * kvm=off hides the CPUID leaf that says KVM. The vendor id matters once Hyper-V enlightenments
 * are on, whose own vendor id the same drivers look for; alone it changes nothing.
 */
static void add_cpu(struct qemu_builder *builder)
{
	const struct guest_cpu *cpu = &builder->guest->cpu;
	const char *vendor = cpu->vendor_id ? cpu->vendor_id : cpu->hide_hypervisor ? "vfioadm" : "";
	_cleanup_free_ char *flags = NULL;
	size_t size;
	FILE *out = xopen_memstream(&flags, &size);

	if (cpu->hide_hypervisor)
		fputs(",kvm=off", out);
	if (*vendor)
		fprintf(out, ",hv-vendor-id=%s", vendor);
	/* The kernel's part in them is kvm's. */
	if (cpu->hyperv && builder->kvm)
		put_enlightenments(builder->facts->caps, out);
	if (wants_topoext(builder))
		fputs(",topoext=on", out);
	if (cpu->flags)
		fprintf(out, ",%s", cpu->flags);
	fclose(out);
	qemu_add(builder, "-cpu", "%s%s",
		 !builder->kvm && strcmp(cpu->model, "host") == 0 ? "max" : cpu->model, flags);
	qemu_add(builder, "-smp", "%u,sockets=%u,cores=%u,threads=%u",
		 guest_cpu_count(builder->guest), cpu->sockets, cpu->cores, cpu->threads);
}

void qemu_argv_board(struct qemu_builder *builder)
{
	add_machine(builder);
	add_memory(builder);
	qemu_add(builder, "-rtc", "base=%s",
		 builder->guest->board.rtc == GUEST_RTC_LOCALTIME ? "localtime" : "utc");
	add_cpu(builder);
}

static void add_tpm(struct qemu_builder *builder)
{
	static const char *const models[] = {
		[GUEST_TPM_CRB] = "tpm-crb", [GUEST_TPM_TIS] = "tpm-tis"
	};
	_cleanup_free_ char *path = guest_socket_path(builder->guest, "swtpm");

	qemu_add(builder, "-chardev", "socket,id=tpm-socket,path=%s", path);
	qemu_add(builder, "-tpmdev", "emulator,id=tpm,chardev=tpm-socket");
	qemu_add(builder, "-device", "%s,tpmdev=tpm", models[builder->guest->tpm.model]);
}

static void add_flashes(struct qemu_builder *builder, const struct firmware *firmware)
{
	_cleanup_free_ char *code = qemu_escape(firmware->code);
	_cleanup_free_ char *vars = firmware->vars ? qemu_escape(firmware->vars) : NULL;

	/* Only code in System Management Mode may write the settings. */
	if (firmware->needs_smm)
		qemu_add(builder, "-global", "driver=cfi.pflash01,property=secure,value=on");
	qemu_add(builder, "-drive", "if=pflash,format=%s,unit=0,readonly=on,file=%s",
		 firmware->code_format, code);
	if (vars)
		qemu_add(builder, "-drive", "if=pflash,format=%s,unit=1,file=%s",
			 firmware->vars_format, vars);
}

void qemu_argv_firmware(struct qemu_builder *builder)
{
	uint64_t mmio64 = builder->guest->firmware.mmio64.bytes;

	if (builder->facts->firmware)
		add_flashes(builder, builder->facts->firmware);
	/* edk2's OvmfPkg/RUNTIME_CONFIG.md: in MiB */
	if (mmio64)
		qemu_add(builder, "-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=%" PRIu64,
			 mmio64 >> 20);
	if (builder->guest->tpm.at.line)
		add_tpm(builder);
}
