#!/bin/bash
# dracut module: vfioadm, its claims, its udev rule and the vfio modules go into the image.
# shellcheck disable=SC2154 # dracut sets moddir, initdir, kernel, systemdsystemunitdir

check() {
	require_binaries /usr/sbin/vfioadm || return 1
	return 0
}

depends() {
	echo udev-rules
}

installkernel() {
	local module
	for module in vfio-pci vfio_iommu_type1; do
		modinfo -k "$kernel" $module >/dev/null 2>&1 ||
			dwarn "vfioadm: kernel $kernel has no module $module: its image cannot make claims"
	done
	# A host-only image would leave out what is not loaded now.
	hostonly='' instmods vfio-pci vfio_iommu_type1
	return 0
}

# vfioadm_copy FILE: the same file in the image; a link to a device, such as /dev/null, stays a link
vfioadm_copy() {
	mkdir -p "$initdir${1%/*}"
	if [ -f "$1" ]; then
		cp -pL "$1" "$initdir$1" || dwarn "vfioadm: cannot copy $1"
	elif [ -L "$1" ]; then
		cp -pP "$1" "$initdir$1" || dwarn "vfioadm: cannot copy $1"
	fi
}

install() {
	local file libraries unit=vfioadm-early.service
	inst_multiple /usr/sbin/vfioadm
	# What the program opens when it needs it, which ldd does not show.
	libraries=$(/usr/sbin/vfioadm --help=libraries) || dwarn 'vfioadm: a library is missing'
	for file in $libraries; do
		inst_library "$file" || dwarn "vfioadm: cannot copy $file"
	done
	for file in /usr/lib/udev/rules.d/60-vfioadm.rules /etc/vfioadm/claims.d/*.conf \
		/usr/lib/vfioadm/claims.d/*.conf; do
		vfioadm_copy "$file"
	done
	# systemd-modules-load.service does not wait for dracut's hooks: there it takes a unit. Without systemd
	# cmdline/01-parse-kernel.sh (of dracut 059) loads the modules of rd.driver.pre, and so those of
	# force_drivers: the claims have to be cmdline/00, the first hook of all.
	if dracut_module_included systemd; then
		inst_simple "/usr/lib/systemd/system/$unit" "$systemdsystemunitdir/$unit"
		mkdir -p "$initdir$systemdsystemunitdir/sysinit.target.wants"
		ln -sf "../$unit" "$initdir$systemdsystemunitdir/sysinit.target.wants/$unit"
	else
		inst_hook cmdline 00 "$moddir/claim.sh"
	fi
}
