/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-keys.h"

static const struct config_key board_keys[] = {
	{ "memory", VALUE_MEMORY, GUEST_OF(board, memory), NULL, NULL, true,
	  "main memory; all of it is locked while a device is passed through" },
	{ "machine", VALUE_CHOICE, GUEST_OF(board, machine), "pc|q35", "pc", false,
	  "the board: pc (i440FX, PCI) or q35 (PCI Express)" },
	{ "rtc", VALUE_CHOICE, GUEST_OF(board, rtc), "utc|localtime", "utc", false,
	  "what the clock shows; Windows wants localtime" },
	{ "accel", VALUE_CHOICE, GUEST_OF(board, accel), "kvm|tcg|auto", "kvm", false,
	  "tcg emulates the processor, slowly; auto is kvm where /dev/kvm can be opened" },
	{ "kernel-irqchip", VALUE_CHOICE, GUEST_OF(board, kernel_irqchip), "default|on|split|off",
	  "default", false, "where kvm emulates the interrupt controllers" },
	{ "vga", VALUE_CHOICE, GUEST_OF(board, vga), "auto|none|std|virtio|qxl", "auto", false,
	  "the emulated display beside the real card; auto is std with [spice], else none" },
	{ "qemu", VALUE_PROGRAM, GUEST_OF(board, qemu), NULL, "qemu-system-x86_64", false,
	  "the QEMU program" },
	{ "user", VALUE_NAME, GUEST_OF(board, user), NULL, "auto", false,
	  "whom QEMU runs as; auto is the first there is of vfioadm-qemu, libvirt-qemu, qemu and "
	  "nobody; root has to be named" },
	{ "hpet", VALUE_BOOL, GUEST_OF(board, hpet), NULL, "yes", false,
	  "the HPET timer; Windows is quicker without it" },
	{ "vfio", VALUE_CHOICE, GUEST_OF(board, vfio), "auto|iommufd|group", "auto", false,
	  "how QEMU reaches devices; auto is iommufd where the kernel and QEMU have it" },
};
GUEST_KEYS(board);

static const struct config_key memory_keys[] = {
	{ "hugepages", VALUE_CHOICE, GUEST_OF(memory, hugepages), "no|2M|1G", "no", false,
	  "back it with huge pages of this size, which this host must have set aside" },
	{ "path", VALUE_PATH, GUEST_OF(memory, path), NULL, NULL, false,
	  "where huge pages are mounted; without it no mount is needed" },
	{ "prealloc", VALUE_BOOL, GUEST_OF(memory, prealloc), NULL, "no", false,
	  "take all of it before the guest starts; huge pages always are" },
	{ "shared", VALUE_BOOL, GUEST_OF(memory, shared), NULL, "no", false,
	  "let other processes of this host map it; [share] does so by itself" },
	{ "locked", VALUE_BOOL, GUEST_OF(memory, locked), NULL, "no", false,
	  "keep QEMU itself from being swapped out; the guest's memory is locked by vfio" },
};
GUEST_KEYS(memory);

static const struct config_key cpu_keys[] = {
	{ "model", VALUE_NAME, GUEST_OF(cpu, model), NULL, "host", false,
	  "QEMU's name of the processor; host under tcg becomes max" },
	{ "sockets", VALUE_COUNT, GUEST_OF(cpu, sockets), NULL, "1", false, "processor packages" },
	{ "cores", VALUE_COUNT, GUEST_OF(cpu, cores), NULL, "1", false, "cores of a package" },
	{ "threads", VALUE_COUNT, GUEST_OF(cpu, threads), NULL, "1", false, "threads of a core" },
	{ "hide-hypervisor", VALUE_BOOL, GUEST_OF(cpu, hide_hypervisor), NULL, "no", false,
	  "yes for NVIDIA drivers before 465, which refuse to run where they see KVM" },
	{ "vendor-id", VALUE_VENDOR, GUEST_OF(cpu, vendor_id), NULL, NULL, false,
	  "the hypervisor's name as hide-hypervisor shows it; else vfioadm" },
	{ "hyperv", VALUE_BOOL, GUEST_OF(cpu, hyperv), NULL, "no", false,
	  "yes for Windows: Hyper-V's ways to spare the guest time, as many as QEMU knows" },
	{ "flags", VALUE_FLAGS, GUEST_OF(cpu, flags), NULL, NULL, false,
	  "more of QEMU's processor flags" },
	{ "pin", VALUE_CPUS, GUEST_OF(cpu, pin), NULL, NULL, false,
	  "this host's processors, one for each of the guest's, in order: 2-5,10-13" },
	{ "emulator-pin", VALUE_CPUS, GUEST_OF(cpu, emulator_pin), NULL, NULL, false,
	  "those for QEMU's other threads, all of which may use any of them; the guest's memory "
	  "is taken from their NUMA node" },
	{ "iothread-pin", VALUE_CPUS, GUEST_OF(cpu, iothread_pin), NULL, NULL, false,
	  "those for the threads of disks with iothread=yes, all of which may use any of them" },
};
GUEST_KEYS(cpu);

static const struct config_key firmware_keys[] = {
	{ "code", VALUE_PATH, GUEST_OF(firmware, code), "auto", NULL, true,
	  "the UEFI image; auto takes the first fitting one of QEMU's firmware descriptors" },
	{ "vars", VALUE_PATH, GUEST_OF(firmware, vars), "none|auto", "none", false,
	  "where UEFI settings are kept; auto is a private copy of the image's template" },
	{ "secure-boot", VALUE_BOOL, GUEST_OF(firmware, secure_boot), NULL, "no", false,
	  "yes: code=auto takes an image with Secure Boot on; needs machine=q35 and vars" },
	{ "mmio64", VALUE_MEMORY, GUEST_OF(firmware, mmio64), NULL, NULL, false,
	  "address space for large BARs, for OVMF before 2022.11; newer ones size it themselves" },
};
GUEST_KEYS(firmware);

static const struct config_key tpm_keys[] = {
	{ "model", VALUE_CHOICE, GUEST_OF(tpm, model), "crb|tis", "crb", false,
	  "the interface; Windows 11 knows both" },
};
GUEST_KEYS(tpm);
