# shellcheck shell=bash disable=SC2154 # $tap_dir is tests/tap.sh's
# Made-up host roots for command-line tests: source it, then describe a machine.
#
#   host_tree                                          an empty host, in $tree
#   iommu dmar0                                        its IOMMU is on
#   function_at 0000:01:00.0 1002 5159 030000 radeon 1 a function, its driver and group ("-": none)
#   pcie_at 0000:00:1c.0 4 5f 1d                       makes it a PCIe device of this type, with ACS words
#   loaded vfio                                        a module that is loaded

tree=

# A tree below $tap_dir, which goes away with the test.
host_tree() {
	tree=$(mktemp -d "$tap_dir/host.XXXXXX")
	mkdir -p "$tree"/{etc,proc,run,sys/module,sys/bus/pci/{devices,drivers}} \
		"$tree"/sys/{class/iommu,kernel/iommu_groups}
	chmod 755 "$tap_dir" "$tree"
}

iommu() {
	mkdir -p "$tree/sys/devices/virtual/iommu/$1"
	ln -s "../../devices/virtual/iommu/$1" "$tree/sys/class/iommu/$1"
	echo '   9:  12  IR-IO-APIC  9-fasteoi  acpi' >"$tree/proc/interrupts"
}

loaded() {
	mkdir -p "$tree/sys/module/$1"
	echo live >"$tree/sys/module/$1/initstate"
}

# Header type 1 for PCI bridges (class 0604), 0 for the rest; the other 63 bytes are not looked at.
write_config() {
	local header=0
	case $2 in 0604*) header=1 ;; esac
	head -c 64 /dev/zero >"$1/config"
	printf '%b' "\\x0$header" | dd of="$1/config" bs=1 seek=14 conv=notrunc status=none
}

function_at() {
	local address=$1 vendor=$2 device=$3 class=$4 driver=$5 group=$6 above=${7-}
	local path=sys/devices/pci0000:00/${above:+$above/}$address
	local dir=$tree/$path up
	mkdir -p "$dir"
	# shellcheck disable=SC2001
	up=$(sed 's,[^/]*,..,g' <<<"$path")
	echo "0x$vendor" >"$dir/vendor"
	echo "0x$device" >"$dir/device"
	echo "0x$class" >"$dir/class"
	echo 0x0000 | tee "$dir/subsystem_vendor" >"$dir/subsystem_device"
	echo '(null)' >"$dir/driver_override"
	echo 'flr bus' >"$dir/reset_method"
	case $class in 0300*) echo 0 >"$dir/boot_vga" ;; esac
	write_config "$dir" "$class"
	ln -s "../../../../$path" "$tree/sys/bus/pci/devices/$address"
	if [ "$driver" != - ]; then
		mkdir -p "$tree/sys/bus/pci/drivers/$driver"
		ln -s "$up/sys/bus/pci/drivers/$driver" "$dir/driver"
	fi
	if [ "$group" != - ]; then
		mkdir -p "$tree/sys/kernel/iommu_groups/$group/devices"
		echo DMA >"$tree/sys/kernel/iommu_groups/$group/type"
		ln -s "$up/sys/kernel/iommu_groups/$group" "$dir/iommu_group"
		ln -s "../../../../$path" "$tree/sys/kernel/iommu_groups/$group/devices/$address"
	fi
}

# put_bytes ADDRESS OFFSET HEX...: into its configuration space, which grows to hold them
put_bytes() {
	local file=$tree/sys/bus/pci/devices/$1/config offset=$2
	shift 2
	printf '%b' "$(printf '\\x%s' "$@")" |
		dd of="$file" bs=1 seek=$((offset)) conv=notrunc status=none
}

# Type and ACS words are hex; without the words there is no ACS capability.
pcie_at() {
	local address=$1 type=$2
	put_bytes "$address" 0x06 10
	put_bytes "$address" 0x34 40
	put_bytes "$address" 0x40 10 00 "${type}2" 00
	put_bytes "$address" 0xfff 00
	[ $# -lt 4 ] || put_bytes "$address" 0x100 0d 00 01 00 "$3" 00 "$4" 00
}

# The usual machine: a screen of its own, a Radeon with sound behind a port, a network card.
usual_host() {
	host_tree
	iommu dmar0
	function_at 0000:00:02.0 8086 3e92 030000 i915 0
	echo 1 >"$tree/sys/bus/pci/devices/0000:00:02.0/boot_vga"
	function_at 0000:00:1c.0 8086 a33c 060400 pcieport 1
	function_at 0000:01:00.0 1002 5159 030000 radeon 2 0000:00:1c.0
	function_at 0000:01:00.1 8086 2668 040300 snd_hda_intel 2 0000:00:1c.0
	function_at 0000:02:00.0 8086 10d3 020000 e1000e 3
	pcie_at 0000:00:1c.0 4 5f 1d
	pcie_at 0000:01:00.0 1
	pcie_at 0000:01:00.1 1
	put_bytes 0000:01:00.0 0x0e 80
	for module in vfio vfio_iommu_type1 vfio_pci; do loaded $module; done
	mkdir -p "$tree/sys/bus/pci/drivers/vfio-pci"
}

# As the usual host, but its kernel does not use the IOMMU that the firmware offers.
unused_iommu() {
	usual_host
	rm -r "$tree/sys/class/iommu/dmar0" "$tree"/sys/kernel/iommu_groups/* \
		"$tree"/sys/bus/pci/devices/*/iommu_group
	mkdir -p "$tree/sys/firmware/acpi/tables" "$tree/etc/default" "$tree/usr/sbin"
	touch "$tree/sys/firmware/acpi/tables/DMAR" "$tree/usr/sbin/update-initramfs"
	printf 'vendor_id\t: GenuineIntel\nflags\t\t: fpu vmx\n' >"$tree/proc/cpuinfo"
	echo 'root=/dev/sda1 quiet' >"$tree/proc/cmdline"
}

# Every path of the tree with its type, content and target: equal before and after is unchanged.
snapshot() {
	(cd "$tree" && find . -printf '%p %y %l %m\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

# A command as someone who is not root, in a directory that they can enter.
as_nobody() {
	if [ "$(id -u)" -ne 0 ]; then "$@"; else setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; fi
}
