#!/bin/bash
# machine: hot-plug
# timeout: 900
# A claimed device that is plugged in goes to vfio-pci, by udev's rule, whoever was faster: 50 times.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

card=0000:02:00.0 cycles=50
port=/dev/virtio-ports/monitor
# shellcheck disable=SC2317 # eventually calls them
there() { test -e "/sys/bus/pci/devices/$card"; }
# shellcheck disable=SC2317
gone() { ! there; }

ok 'the monitor is there' eventually 10 test -c $port
exec 5<>$port
qmp() {
	local line
	echo "$1" >&5
	while read -r -t 20 line <&5; do
		case $line in
		*'"return"'*) return 0 ;;
		*'"error"'*) diag "$1: $line"; return 1 ;;
		esac
	done
	diag "$1: no answer"
	return 1
}
plug() { qmp "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"$1\",\"id\":\"card\",\"bus\":\"rp2\"}}"; }
unplug() { qmp '{"execute":"device_del","arguments":{"id":"card"}}'; }
settled() { eventually 20 there && udevadm settle --timeout=60; }

ok 'QMP answers' qmp '{"execute":"qmp_capabilities"}'
printf '[claim]\naddress=%s\nids=8086:10d3\n' $card >/etc/vfioadm/claims.d/card.conf
exits 0 'apply, with no card there' sh -c 'vfioadm claim apply; test $? -eq 3'
echo 'VFIOADM_GROUP=disk' >/usr/lib/vfioadm/udev.conf
echo 'VFIOADM_GROUP=audio' >/etc/vfioadm/udev.conf
modprobe e1000e

ok 'a card that the claim is not for' plug edu
ok 'is seen' settled
is "$(driver $card) $(override $card)" 'none (null)' 'and is not touched'
ok 'unplugged' unplug
ok 'gone' eventually 20 gone

lost=0 begin=$SECONDS
for ((i = 1; i <= cycles; i++)); do
	if ! { plug e1000e && settled; } || [ "$(driver $card)" != vfio-pci ]; then
		diag "cycle $i: $(driver $card)"
		lost=$((lost + 1))
	fi
	[ $i -lt $cycles ] || break
	if ! { unplug && eventually 20 gone; }; then
		diag "cycle $i: it does not go"
		lost=$((lost + 1))
	fi
done
diag "$cycles cycles in $((SECONDS - begin)) s"
is $lost 0 "$cycles cycles, none lost"
like "$(dmesg)" "e1000e $card" 'although e1000e was faster'
node=/dev/vfio/$(group $card)
is "$(stat -c '%G %a' "$node")" 'audio 660' 'its node goes to the group that the administrator names'
rm /etc/vfioadm/udev.conf
udevadm trigger --action=add --settle "/sys/class/vfio/${node##*/}"
is "$(stat -c '%G %a' "$node")" 'disk 660' 'or to the one that the image does'
exits 0 'verify' vfioadm claim verify
exits 0 'unbind' vfioadm unbind $card
is "$(driver $card)" e1000e 'gives it back'

exits 0 'an address that is not claimed' vfioadm claim apply --udev 01:00.0
is "$(driver $gpu)" radeon 'is left alone'
unlike "$(udevadm test --action=add /sys/bus/pci/devices/$gpu 2>&1)" '60-vfioadm.rules:[0-9]' \
	'udev has no complaint about the rules'
unlike "$(udevadm test --action=add /sys/bus/pci/devices/$gpu 2>&1)" 'run:.*vfioadm' 'no process is started for it'
like "$(udevadm test --action=add /sys/bus/pci/devices/$card 2>&1)" 'vfioadm claim apply --udev 0000:02:00.0' 'as for one that is'
unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
