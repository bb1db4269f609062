#!/bin/bash
# machine: radeon
# timeout: 400
# unbind from a guest that runs: refused by name; told to go on, it comes back in time from a write
# that the kernel holds up, and recover finishes when the guest has let go.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
exits 0 'bind' vfioadm bind 01:00.0
bound=$(host_state)

mkfifo /run/qmp.in
qemu-system-x86_64 -accel tcg -m 64 -nodefaults -display none -S -device vfio-pci,host=$gpu \
	-qmp stdio </run/qmp.in >/run/qmp.out 2>/run/qemu.log &
qemu=$!
exec 8>/run/qmp.in
ok 'a guest has the card' eventually 60 grep -q QMP /run/qmp.out

exits 3 'unbind' vfioadm unbind 01:00.0
like "$stderr" "block: $gpu: qemu-system-x86 \(pid $qemu\) has /dev/vfio/$(group $gpu) open" 'names the guest'
is "$(host_state)" "$bound" 'changes nothing'

SECONDS=0
exits 5 'unbind in spite of it' vfioadm unbind 01:00.0 --allow device-in-use --timeout 6
is "$((SECONDS < 15))" 1 'comes back in time'
like "$stderr" '/vfio-pci/unbind: still waiting, 5 s of 6' 'says that it waits'
like "$stderr" '/vfio-pci/unbind: the kernel did not return from this write within 6 s \(process [0-9]+ sleeps in' \
	'tells where the write hangs'
like "$stderr" "not everything could be put back: $gpu: .*run vfioadm recover" 'and what remains'
exits 0 'status still works' timeout 20 vfioadm status
like "$stdout" "^$gpu " 'and shows the card'
exits 0 'list still works' timeout 20 vfioadm list
exits 3 'check' timeout 20 vfioadm check 01:00.0
like "$stdout" "block: $gpu: a change .* does not end.*\[device-locked\]" 'says that the device is locked'
exits 5 'recover cannot help yet' timeout 30 vfioadm recover --timeout 2
like "$stderr" "not everything could be put back: .*$gpu" 'and says so'
exits 1 'a change is refused until then' timeout 20 vfioadm unbind 01:00.1 --allow device-in-use
like "$stderr" 'run vfioadm recover' 'and says what to do'

echo '{"execute": "qmp_capabilities"} {"execute": "quit"}' >&8
exec 8>&-
ok 'the guest ends' wait $qemu
ok 'and the write returns' eventually 20 sh -c "! pgrep -x vfioadm-helper"
exits 0 'recover' vfioadm recover
is "$(host_state)" "$bound" 'puts the devices back to where unbind found them'
exits 0 'recover again' vfioadm recover
like "$stderr" 'nothing to recover' 'is nothing to do'
exits 0 'unbind' vfioadm unbind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'gives them back'
done_testing
