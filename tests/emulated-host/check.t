#!/bin/bash
# machine: busy
# check and bind on a host that needs its disk and its network card, and what check tells besides.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
disk=0000:02:00.0 nic=0000:03:00.0
modprobe nvme
ok 'the disk is there' eventually 20 test -b /dev/nvme0n1

exits 0 'check of the disk that is not mounted' vfioadm check $disk
unlike "$stdout" root-storage-or-network 'finds no duty'
exits 0 'check of the network card without a route' vfioadm check $nic
unlike "$stdout" root-storage-or-network 'finds none either'

mkdir -p /mnt/disk
modprobe ext4
mkfs.ext2 -q /dev/nvme0n1
ok 'it can be mounted' mount -t ext4 /dev/nvme0n1 /mnt/disk
exits 3 'check of the mounted disk' vfioadm check $disk
like "$stdout" "^block: $disk: .*/mnt/disk on nvme0n1.*\[root-storage-or-network\]" 'names the mount point'
exits 3 'bind of it' vfioadm bind $disk
like "$stderr" '/mnt/disk on nvme0n1' 'is refused'
is "$(host_state)$(left_behind)" "$before" 'and nothing was changed'
umount /mnt/disk

modprobe dm_mod
if dmsetup --version >/dev/null 2>&1 &&
	dmsetup create mapped --table "0 $(blockdev --getsz /dev/nvme0n1) linear /dev/nvme0n1 0"; then
	mount -t ext4 /dev/mapper/mapped /mnt/disk
	exits 3 'check of a disk below device-mapper' vfioadm check $disk
	like "$stdout" '/mnt/disk on dm-0' 'finds the file system'
	umount /mnt/disk
	dmsetup remove mapped
else
	skip 'check of a disk below device-mapper' 'no device-mapper here'
fi

name=$(basename /sys/bus/pci/devices/$nic/net/*)
ip link set "$name" up
ip address add 192.0.2.2/24 dev "$name"
exits 0 'check of the network card with an address' vfioadm check $nic
ip route add default via 192.0.2.1 dev "$name"
exits 3 'check of the network card with the default route' vfioadm check $nic
like "$stdout" "^block: $nic: .*default route through $name.*\[root-storage-or-network\]" 'names the interface'
exits 3 'bind of it' vfioadm bind $nic
is "$(host_state)$(left_behind)" "$before" 'changes nothing'
exits 0 '--allow lets check go on' vfioadm check $nic --allow root-storage-or-network

exec 7</dev/snd/controlC0
exits 3 'check of a sound function in use' vfioadm check 01:00
like "$stdout" "^block: $audio: .*\(pid $$\) has /dev/snd/controlC0 open.*\[device-in-use\]" 'names the process'
exec 7<&-

exits 0 'check of the free card' vfioadm check
modprobe kvm_amd
run vfioadm check --json
for id in kvm-missing cpu-no-virtualisation qemu-missing ovmf-missing memlock-low unreadable; do
	is "$(json ".findings[] | select(.id == \"$id\")")" '' "$id is not found where all is there"
done
exits 0 'as someone who is not root' setpriv --reuid=65534 --regid=65534 --clear-groups vfioadm check
like "$stdout" '\[memlock-low\]' 'their memlock is told'
like "$stdout" '\[kvm-missing\]' 'and that KVM is not theirs'
rmmod kvm_amd
run vfioadm check
like "$stdout" '^warn: /dev/kvm: no KVM driver.*\[kvm-missing\]' 'KVM without its driver is missing'
like "$stdout" 'modprobe kvm_amd' 'and how to load it'

mkdir -p /etc/driverctl.d /run/libvirt/qemu
echo nouveau >/etc/driverctl.d/pci-$gpu
echo 'options vfio-pci ids=1002:5159' >/etc/modprobe.d/test.conf
exits 0 'check with other tools about' vfioadm check
like "$stdout" "^warn: $gpu: .*test.conf.*\[ids-claim\]" 'finds the ids of modprobe.d'
like "$stdout" "^warn: $gpu: driverctl.*\[driverctl-override\]" "finds driverctl's"
is "$(host_state)$(left_behind)" "$before" 'check has changed nothing'
not_ok 'and loaded nothing' test -e /sys/module/vfio
done_testing
