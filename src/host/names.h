/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Every path of the kernel's and of ours that the program reads or writes, below the host root. */
#define NAME_PCI_DEVICES   "sys/bus/pci/devices"
#define NAME_PCI_DRIVERS   "sys/bus/pci/drivers"
#define NAME_SYS_MODULE    "sys/module"
#define NAME_IOMMU_CLASS   "sys/class/iommu"
#define NAME_IOMMU_GROUPS  "sys/kernel/iommu_groups"
#define NAME_VFIO_CLASS    "sys/class/vfio"
#define NAME_INTERRUPTS    "proc/interrupts"
#define NAME_PROC          "proc"
#define NAME_MODULES_DIR   "lib/modules"
#define NAME_DEV_VFIO      "dev/vfio"
#define NAME_UDEV_CONTROL  "run/udev/control"
#define NAME_UNSAFE_INTR   "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"

#define NAME_STATE_DIR     RUNSTATEDIR "/vfioadm"
#define NAME_HELD_DIR      NAME_STATE_DIR "/held"
#define NAME_GUESTS_DIR    SYSCONFDIR "/vfioadm/guests"

/* A driver as its directory in sysfs is called, with a dash; the module may have an underscore. */
#define DRIVER_VFIO_PCI    "vfio-pci"
