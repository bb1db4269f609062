#!/bin/bash
# machine: nested
# timeout: 1800
# The whole way, three times in one boot: OVMF in a guest with the card starts Linux from a disk, whose
# radeon driver takes the card; the guest powers off when it is asked to, and the host's radeon has the
# card again. On the way OVMF runs the card's option ROM; the guest has a network, a TPM that swtpm
# keeps, and a directory of the host by virtiofsd.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
mkdir -p /etc/vfioadm/guests /run/guest/share
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

# The guest's memory is a file when it shares a directory, and huge pages are not for files by default.
echo always >/sys/kernel/mm/transparent_hugepage/shmem_enabled

irqchip=off
has_userspace_irqchip || irqchip=default
# Where there is no TPM, OVMF waits for one: 25000 times 30 us, twice, by a timer whose every reading
# takes a millisecond here.
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
		[tpm]
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

# shellcheck disable=SC2317 # ok calls it
is_ready() { timeout 200 sh -c 'tail -n +1 -f /run/guest/serial | grep -q -m 1 "^guest: ready"'; }
received() { cat "/sys/class/net/$1/statistics/rx_packets"; }

# In the second round the control, without a ROM, and a tap that was made before; in the third a share.
resets=0
for round in 1 2 3; do
	if [ $round = 2 ]; then
		write_guest rombar=no tap=tap0 && wanted_mark=none wanted_ports=tap0
	else
		write_guest rombar=auto bridge=br0 && wanted_mark='driver ran' wanted_ports=$'tap0\nvfioadm0'
	fi
	[ $round != 3 ] || printf '%s\n' '[share data]' path=/run/guest/share >>/etc/vfioadm/guests/linux.conf
	rm -f /run/guest/serial
	echo "word $RANDOM of the host" >/run/guest/share/question
	begin=$SECONDS
	exits 0 "round $round: launch" vfioadm launch linux --detach
	launcher=$(sed -n 's/^supervisor=\([0-9]*\) .*/\1/p' /run/vfioadm/guests/linux/guest)
	ok 'Linux is up in the guest' is_ready ||
		diag "$(tail -n 20 /run/guest/serial /var/log/vfioadm/linux.log)"
	said=$(tr -d '\r' </run/guest/serial)
	like "$said" '^guest: 0x1002 0x5159 driver radeon$' "the guest's radeon driver has the card"
	like "$said" "^guest: option ROM: $wanted_mark\$" "option ROM: $wanted_mark"
	like "$said" '^guest: the network works$' 'the host answers to the guest'
	before_this=$resets
	resets=$(sed -n 's/^guest: TPM 2, resets: \([0-9]*\)$/\1/p' <<<"$said")
	ok "its TPM 2.0 answers, and has kept its count of resets" [ "${resets:-0}" -gt "$before_this" ]
	is "$(ports)" "$wanted_ports" 'on the bridge'
	case $round in
	2) ok 'through the tap that was made before' [ "$(received tap0)" -gt 0 ] ;;
	3)
		like "$said" "^guest: share: $(cat /run/guest/share/question)\$" 'it reads the directory that it shares'
		is "$(cat /run/guest/share/answer)" 'answer of the guest' 'and writes there'
		ok 'but can make no device node of the host' [ ! -e /run/guest/share/node ]
		;;
	esac
	kill -TERM "$launcher"
	ok 'the guest powers off' eventually 120 sh -c "! kill -0 $launcher 2>/dev/null"
	like "$(tr -d '\r' </run/guest/serial)" 'guest: power button' 'because it was asked to'
	unlike "$(cat /var/log/vfioadm/linux.log)" 'telling QEMU to quit' 'and nothing else was needed'
	is "$(host_state)$(left_behind)" "$before" "round $round: the host's drivers have their devices again"
	is "$(ports)" tap0 'and the tap that was made for the guest is gone'
	is "$(pgrep 'swtpm|virtiofsd')" '' 'and what served it'
	diag "round $round: $((SECONDS - begin)) s of the clock that counts instructions"
done
done_testing
