#!/bin/bash
# machine: radeon
# timeout: 2700
# The whole way, three times in one boot: OVMF in a guest with the card starts Linux from a disk, whose
# radeon driver takes the card; the guest powers off when it is asked to, and the host's radeon has the
# card again. On the way OVMF runs the card's option ROM, and the guest has a network.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
mkdir -p /etc/vfioadm/guests /run/guest
disk=/run/guest/linux.img rom=/run/guest/card.rom
modprobe -a tun vhost_net
ip link add br0 type bridge && ip address add 192.0.2.1/24 dev br0 && ip link set br0 up
ip tuntap add dev tap0 mode tap && ip link set tap0 master br0 up
ports() { ls /sys/class/net/br0/brif; }
tests/option-rom/build 1002 5159 >$rom || diag 'no ROM for the card'
exits 0 'the ROM of the card' vfioadm rom $rom --json
is "$(json '.efi_boot, .images[].efi.subsystem' | tr '\n' ' ')" 'true boot-service-driver ' 'is one that OVMF can run'
tests/emulated-host/efi-guest $disk || diag 'no disk for the guest'

# Whether this QEMU can still have its interrupt controller outside the kernel; since 8.0 it cannot.
has_userspace_irqchip() {
	echo quit | qemu-system-x86_64 -machine q35,accel=kvm,kernel-irqchip=off -cpu host,kvm=off -m 64 \
		-nodefaults -display none -S -monitor stdio >/dev/null 2>&1
}

irqchip=off
has_userspace_irqchip || irqchip=default
# write_guest ROM-KEY NETWORK: the guest, which a round changes in these
write_guest() {
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
		boot=1
		[hostdev gpu]
		address=01:00.0
		romfile=$rom
		$1
		[hostdev audio]
		address=01:00.1
		[net lan]
		$2
		model=virtio
		[serial console]
		type=file
		path=/run/guest/serial
	END
}

# shellcheck disable=SC2317 # eventually calls it
is_ready() { grep -q '^guest: ready' /run/guest/serial 2>/dev/null; }

# In the second round the control, without a ROM, and a tap that was made before.
for round in 1 2 3; do
	if [ $round = 2 ]; then
		write_guest rombar=no tap=tap0 && wanted_mark=none wanted_ports=tap0
	else
		write_guest rombar=auto bridge=br0 && wanted_mark='driver ran' wanted_ports=$'tap0\nvfioadm0'
	fi
	rm -f /run/guest/serial
	begin=$SECONDS
	exits 0 "round $round: launch" vfioadm launch linux --detach
	launcher=$(sed -n 's/^supervisor=\([0-9]*\) .*/\1/p' /run/vfioadm/guests/linux/guest)
	ok 'Linux is up in the guest' eventually 800 is_ready ||
		diag "$(tail -n 20 /run/guest/serial /var/log/vfioadm/linux.log)"
	like "$(tr -d '\r' </run/guest/serial)" 'guest: 0x1002 0x5159 driver radeon' "the guest's radeon driver has the card"
	like "$(tr -d '\r' </run/guest/serial)" "guest: option ROM: $wanted_mark"$'\n' "option ROM: $wanted_mark"
	# Of a tap that was made before, only that QEMU gets it and leaves it.
	[ $round = 2 ] ||
		like "$(tr -d '\r' </run/guest/serial)" 'guest: the network works' 'the host answers to the guest'
	is "$(ports)" "$wanted_ports" 'on the bridge'
	kill -TERM "$launcher"
	ok 'the guest powers off' eventually 120 sh -c "! kill -0 $launcher 2>/dev/null"
	like "$(tr -d '\r' </run/guest/serial)" 'guest: power button' 'because it was asked to'
	unlike "$(cat /var/log/vfioadm/linux.log)" 'telling QEMU to quit' 'and nothing else was needed'
	is "$(host_state)$(left_behind)" "$before" "round $round: the host's drivers have their devices again"
	is "$(ports)" tap0 'and the tap that was made for the guest is gone'
	diag "round $round: $((SECONDS - begin)) s"
done
done_testing
