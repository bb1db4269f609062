#!/bin/bash
# machine: radeon
# timeout: 900
# test-modules: yes
# A kernel that refuses in the middle: probes that fail, drivers that come back, a device that is
# unplugged, a sysfs that cannot be written. Each ends with the exit code that is true.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh
# shellcheck source=tests/emulated-host/drivers.sh
. tests/emulated-host/drivers.sh

install_test_modules
hold_with nouveau $gpu
before=$(host_state)
as_before() { is "$(host_state)$(left_behind)" "$before" 'all is as it was'; }

# --- A sysfs that is read-only, as in a container: before anything else, and nothing was loaded.
mount -o remount,ro /sys
exits 1 'bind with a read-only sysfs' vfioadm bind 01:00.0
like "$stderr" '^vfioadm: /sys/.*: cannot write: sysfs is mounted read-only here' 'says so'
mount -o remount,rw /sys
as_before
not_ok 'and no module was loaded' test -e /sys/module/vfio

# --- vfio-pci's probe fails.
modprobe vfio-pci
fail_probe vfio_pci_probe 5
exits 4 'bind, and the probe of vfio-pci fails' vfioadm bind 01:00.0
like "$stderr" "^vfioadm: /sys/bus/pci/drivers/vfio-pci/bind: cannot write $gpu: Input/output error; everything was put back" \
	'tells the errno'
as_before

# kill_at N VERB: at its Nth flush of a journal line or record
kill_at() {
	strace -qq -o /dev/null -e trace=fdatasync -e "inject=fdatasync:signal=SIGKILL:when=$1" \
		vfioadm "$2" 01:00.0 2>/dev/null
	killed=$?
	eventually 20 sh -c '! pgrep -x vfioadm-helper >/dev/null' || diag 'a helper is left'
}

# The lines of the way back are killed too; of those of the way there killed.t has each.
for ((n = 13; ; n++)); do
	kill_at $n bind
	[ $killed -eq 137 ] || break
	exits 0 "recover from a bind whose probe failed, killed at line $n" vfioadm recover
	as_before
done
is "$killed $n" '4 21' 'the way back has a line for each step that was done'

# --- Neither driver takes the card.
set_knob nouveau probe_errno 12
exits 5 'bind, and nouveau does not take it back' vfioadm bind 01:00.0
like "$stderr" "not everything could be put back: .*nouveau/bind: cannot write $gpu: Cannot allocate memory" \
	'names the driver and why'
is "$(drivers $gpu $audio)" 'none snd_hda_intel ' 'the card has none, the sound function its own'
set_knob nouveau probe_errno 0
exits 0 'recover' vfioadm recover
as_before
stop_failing

# --- Given back, the original driver's probe fails.
exits 0 'bind' vfioadm bind 01:00.0
bound=$(host_state)
set_knob nouveau probe_errno 12
exits 4 'unbind, and the probe of nouveau fails' vfioadm unbind 01:00.0
like "$stderr" "^vfioadm: /sys/bus/pci/drivers/nouveau/bind: .*: Cannot allocate memory; everything was put back" \
	'says so'
is "$(host_state)" "$bound" 'vfio-pci has it still'
fail_probe vfio_pci_probe 5
exits 5 'unbind, and the probe of both fails' vfioadm unbind 01:00.0
like "$stderr" "not everything could be put back: .*vfio-pci/bind: cannot write $gpu: Input/output error" \
	'names what remains'
stop_failing
exits 0 'recover' vfioadm recover
is "$(host_state)" "$bound" 'vfio-pci has it again'
set_knob nouveau probe_errno 0
exits 0 'unbind' vfioadm unbind 01:00.0
as_before

# --- What happens in the middle: while a flush of the journal is held up for some seconds.
# bind_until N: in the background, up to the Nth line behind the plan of 9 steps; sets $verb
bind_until() {
	strace -qq -o /dev/null -e trace=fdatasync -e "inject=fdatasync:delay_enter=8000000:when=$1" \
		vfioadm bind 01:00.0 2>"$tap_dir/middle" &
	verb=$!
	# shellcheck disable=SC2317 # called by eventually
	at_line() { [ "$(grep -c '' /run/vfioadm/journal 2>/dev/null)" = "$1" ]; }
	ok "bind is at line $1" eventually 60 at_line $((1 + 9 + $1))
}
is_put_back() {
	wait "$verb"
	is $? 4 'it ends with 4: what is there was put back'
	like "$(cat "$tap_dir/middle")" "^vfioadm: $gpu: $1; everything was put back" 'and says why'
}

bind_until 12 # both functions have been released
echo nouveau >/sys/bus/pci/devices/$gpu/driver_override
echo $gpu >/sys/bus/pci/drivers/nouveau/bind
echo vfio-pci >/sys/bus/pci/devices/$gpu/driver_override
is_put_back 'its driver is nouveau now, not none as when vfioadm looked.*'
as_before

# unplugged_at N
unplugged_at() {
	bind_until "$1"
	echo 1 >/sys/bus/pci/devices/$gpu/remove
	is_put_back 'the device cannot be found any more: No such file or directory'
	is "$(driver $audio) $(override $audio)$(left_behind)" 'snd_hda_intel (null)' \
		'the sound function is back, no record and no journal is left'
	echo 1 >/sys/bus/pci/rescan
	hold_with nouveau $gpu
	as_before
}
unplugged_at 5 # its override is written
unplugged_at 12
exits 0 'bind works after all this' vfioadm bind 01:00.0
exits 0 'and unbind' vfioadm unbind 01:00.0
as_before

unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
