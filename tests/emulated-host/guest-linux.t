#!/bin/bash
# machine: radeon
# timeout: 1500
# The whole way, three times in one boot: OVMF in a guest with the card starts Linux from a disk, whose
# radeon driver takes the card; the guest powers off when it is asked to, and the host's radeon has the
# card again.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
mkdir -p /etc/vfioadm/guests /run/guest
disk=/run/guest/linux.img
tests/emulated-host/efi-guest $disk || diag 'no disk for the guest'

# Whether this QEMU can still have its interrupt controller outside the kernel; since 8.0 it cannot.
has_userspace_irqchip() {
	echo quit | qemu-system-x86_64 -machine q35,accel=kvm,kernel-irqchip=off -cpu host,kvm=off -m 64 \
		-nodefaults -display none -S -monitor stdio >/dev/null 2>&1
}

irqchip=off
has_userspace_irqchip || irqchip=default
cat >/etc/vfioadm/guests/linux.conf <<-END
	[guest]
	memory=384M
	machine=q35
	accel=kvm
	kernel-irqchip=$irqchip
	[cpu]
	model=host
	hide-hypervisor=yes
	[firmware]
	code=/usr/share/OVMF/OVMF_CODE_4M.fd
	vars=auto
	[disk system]
	file=$disk
	interface=virtio
	readonly=yes
	[hostdev gpu]
	address=01:00.0
	[hostdev audio]
	address=01:00.1
	[serial console]
	type=file
	path=/run/guest/serial
END

# shellcheck disable=SC2317 # eventually calls it
is_ready() { grep -q '^guest: ready' /run/guest/serial 2>/dev/null; }

for round in 1 2 3; do
	rm -f /run/guest/serial
	begin=$SECONDS
	exits 0 "round $round: launch" vfioadm launch linux --detach
	launcher=$(sed -n 's/^supervisor=\([0-9]*\) .*/\1/p' /run/vfioadm/guests/linux/guest)
	ok 'Linux is up in the guest' eventually 400 is_ready ||
		diag "$(tail -n 20 /run/guest/serial /var/log/vfioadm/linux.log)"
	like "$(tr -d '\r' </run/guest/serial)" 'guest: 0x1002 0x5159 driver radeon' "the guest's radeon driver has the card"
	kill -TERM "$launcher"
	ok 'the guest powers off' eventually 120 sh -c "! kill -0 $launcher 2>/dev/null"
	like "$(tr -d '\r' </run/guest/serial)" 'guest: power button' 'because it was asked to'
	unlike "$(cat /var/log/vfioadm/linux.log)" 'telling QEMU to quit' 'and nothing else was needed'
	is "$(host_state)$(left_behind)" "$before" "round $round: the host's drivers have their devices again"
	diag "round $round: $((SECONDS - begin)) s"
done
done_testing
