#!/bin/bash
# machine: radeon
# bind takes the card and its sound function from their drivers, unbind gives them back.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
node=/dev/vfio/$(group $gpu)

exits 0 'bind --dry-run' vfioadm bind --dry-run 01:00.0
is "$(host_state)$(left_behind)" "$before" 'changes nothing'
not_ok 'and loads nothing' test -e /sys/module/vfio

exits 0 'bind' vfioadm bind 01:00.0
is "$stdout" "$gpu: vfio-pci
$audio: vfio-pci" 'says what it bound'
is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'vfio-pci holds both functions'
is "$(override $gpu) $(override $audio)" 'vfio-pci vfio-pci' 'by driver_override'
ok 'the node of the group is there' test -c "$node"
ok 'and udev is done with it' udevadm info --query=property --name="$node"
like "$stdout" 'USEC_INITIALIZED=' 'as its database says'
for module in vfio vfio_iommu_type1 vfio_pci; do
	ok "$module is loaded" test -e /sys/module/$module/initstate
done
not_ok 'the journal is gone' test -e /run/vfioadm/journal

exits 0 'status --json' vfioadm status --json
is "$(json '.held[] | [.address, .ids, .original_driver] | join(" ")')" \
	"$gpu 1002:5159 radeon
$audio 8086:2668 snd_hda_intel" 'remembers the drivers'
is "$(json '.held[0].since > 1700000000 and .held[0].claim == null')" true 'and since when'

exits 0 'bind again' vfioadm bind 01:00.0 --json
is "$(json '.result, (.plan | length)')" 'nothing-to-do
0' 'is nothing to do'

exits 0 'unbind' vfioadm unbind 01:00.0 --json
is "$(json .result)" 'done' 'says so'
is "$(host_state)" "$before" 'gives both functions back to their drivers, and clears the overrides'
is "$(left_behind)" '' 'and leaves nothing behind'
ok 'the card has its nodes again' eventually 5 test -e /dev/dri/by-path/pci-$gpu-card
exits 0 'unbind again is nothing to do' vfioadm unbind 01:00.0

echo radeon >/sys/bus/pci/devices/$gpu/driver_override
before=$(host_state)
exits 0 'bind with an override that was there before' vfioadm bind 01:00.0
exits 0 'unbind' vfioadm unbind 01:00.0
is "$(host_state)" "$before" 'puts that override back'
echo >/sys/bus/pci/devices/$gpu/driver_override

echo $audio >/sys/bus/pci/drivers/snd_hda_intel/unbind
before=$(host_state)
exits 0 'bind of a function that had no driver' vfioadm bind 01:00.0
exits 0 'unbind' vfioadm unbind 01:00.0
is "$(host_state)" "$before" 'leaves it without one'
echo $audio >/sys/bus/pci/drivers/snd_hda_intel/bind

exits 0 'bind of one function of the slot, by its ids' vfioadm bind 8086:2668 --allow group-not-viable
is "$(drivers $gpu $audio)" 'radeon vfio-pci ' 'takes only that, if it is no GPU'
exits 0 'unbind' vfioadm unbind $audio
exits 0 'bind and unbind of a whole slot' sh -c 'vfioadm bind 01:00 && vfioadm unbind 01:00'
is "$(drivers $gpu $audio)" 'radeon snd_hda_intel ' 'both are back'

# libvirt's hook, as libvirt runs it: the card and its sound, by two <hostdev>s; then one that is not there beside it.
hostdev() { echo "<hostdev mode='subsystem' type='pci' managed='no'><source><address $1/></source></hostdev>"; }
card="$(hostdev "domain='0x0000' bus='0x01' slot='0x00' function='0x0'")
	$(hostdev "domain='0x0000' bus='0x01' slot='0x00' function='0x1'")"
# shellcheck disable=SC2317 # exits calls it
hook() { contrib/libvirt/qemu-hook win11 "$@" <<<"<domain type='kvm'><devices>$devices</devices></domain>"; }
before=$(host_state)
devices=$card
exits 0 "libvirt's hook, before a guest" hook prepare begin -
is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'takes its devices'
exits 0 'and after it' hook release end shutdown
is "$(host_state)" "$before" 'gives them back'
devices="$card$(hostdev "domain='0x0000' bus='0x0b' slot='0x00' function='0x0'")"
exits 1 'one of which is not there' hook prepare begin -
like "$stderr" '0000:0b:00.0: there is no device at this address' 'is told'
is "$(host_state)" "$before" 'and none of the others is taken'

unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
