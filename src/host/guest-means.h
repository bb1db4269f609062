/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "host/platform.h"

enum kvm_state {
	KVM_UNKNOWN,
	KVM_ABSENT,    /* no kvm driver has come up */
	KVM_FORBIDDEN, /* its node is there, but not for the caller */
	KVM_USABLE,
};

/* What a guest needs of its host besides the device. Each is "not known" in a tree without it. */
struct guest_means {
	enum kvm_state kvm;
	enum known qemu;          /* a QEMU program for this kind of processor */
	enum known firmware;      /* UEFI firmware (OVMF) for guests */
	enum known memlock_low;   /* of the caller, who is not root */
	uint64_t memlock_limit;   /* bytes */
	enum known hugepages;     /* the kernel has pools of huge pages */
	uint64_t hugepages_total, hugepages_free; /* pages of any size */
};

void guest_means_read(const struct host_root *root, struct guest_means *ret);
