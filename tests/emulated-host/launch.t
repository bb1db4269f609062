#!/bin/bash
# machine: radeon
# timeout: 600
# launch binds, runs the guest and gives the devices back, whatever becomes of QEMU.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
mkdir -p /etc/vfioadm/guests /run/guest/out
# For the stand-ins, which do not run as root.
chmod 777 /run/guest/out
tests/emulated-host/shell-disk /run/guest/disk.img pci drivers

# write_guest QEMU: a guest with the card, whose QEMU may be a stand-in
write_guest() {
	cat >/etc/vfioadm/guests/test.conf <<-END
		[guest]
		memory=256M
		machine=q35
		accel=tcg
		qemu=$1
		[cpu]
		model=max
		[firmware]
		code=/usr/share/OVMF/OVMF_CODE_4M.fd
		[disk startup]
		file=/run/guest/disk.img
		[hostdev gpu]
		address=01:00.0
		romfile=/usr/lib/ipxe/qemu/efi-e1000.rom
		[hostdev audio]
		address=01:00.1
		[serial console]
		type=file
		path=/run/guest/serial
	END
}

# stand_in TEXT: a program in QEMU's place, which answers as QEMU does when it is asked what it can do,
# and as the guest first tells who holds the card
stand_in() {
	cat >/run/guest/qemu <<-END
		#!/bin/sh
		case "\$*" in *'-machine none'*) exec cat $PWD/tests/fixtures/qemu/7.2.qmp ;; esac
		readlink /sys/bus/pci/devices/$gpu/driver >/run/guest/out/driver
		$1
	END
	chmod 755 /run/guest/qemu
	write_guest /run/guest/qemu
	rm -f /run/guest/out/driver
}

was_bound() { is "$(basename "$(cat /run/guest/out/driver)")" vfio-pci "$1: the card was bound"; }
is_back() { is "$(host_state)$(left_behind)" "$before" "$1: the devices are back"; }

stand_in 'exit 0'
exits 0 'QEMU that ends well' vfioadm launch test
was_bound 'ends well'
is_back 'ends well'

stand_in 'exit 7'
exits 7 'QEMU that fails: its own status' vfioadm launch test
was_bound 'fails'
is_back 'fails'

stand_in 'kill -9 $$'
exits 137 'QEMU that is killed: 128 + 9' vfioadm launch test
is_back 'killed'

stand_in "trap 'exit 9' TERM; echo started >/run/guest/out/started; while :; do sleep 0.1; done"
mkfifo -m 666 /run/guest/out/started
vfioadm launch test &
launcher=$!
read -r _ </run/guest/out/started
kill -TERM $launcher
exits 9 'SIGTERM is passed on to QEMU' wait $launcher
is_back 'SIGTERM'
rm /run/guest/out/started

stand_in 'exit 0'
exits 0 'a device that was bound before' vfioadm bind 01:00.0
exits 0 'launch' vfioadm launch test
is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'stays bound after the guest'
exits 0 'unbind' vfioadm unbind 01:00.0
is_back 'unbind'

write_guest /run/guest/gone
exits 1 'no QEMU' vfioadm launch test
is_back 'no QEMU'

write_guest "$(command -v qemu-system-x86_64)"
exits 0 'an OVMF guest under the real QEMU' vfioadm launch test
serial=$(tr -d '\r' </run/guest/serial)
like "$serial" 'Vendor 1002 Device 5159' 'sees the card'
like "$serial" 'Vendor 8086 Device 2668' 'and its sound function'
like "$serial" '82540em\.efidrv +Offset' "and has run the EFI driver of the card's option ROM"
is_back 'the OVMF guest'
done_testing
