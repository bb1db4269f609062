#!/bin/bash
# machine: radeon
# timeout: 900
# test-modules: yes
# Drivers that do not let go, modules that do not load: vfioadm comes back in time, says who holds
# the device, and finishes when it is free.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh
# shellcheck source=tests/emulated-host/drivers.sh
. tests/emulated-host/drivers.sh

install_test_modules
# shellcheck disable=SC2317 # called by eventually
helper_is_gone() { ! pgrep -x vfioadm-helper >/dev/null; }

# --- A module that does not load: the one that the card is to go back to.
hold_with nouveau $gpu
before=$(host_state)
exits 0 'bind takes the card from nouveau' vfioadm bind 01:00.0
bound=$(host_state)
module="/usr/lib/modules/$(uname -r)/updates/nouveau.ko"
rmmod nouveau

# not_loaded PATTERN DESCRIPTION: unbind fails at the module, and nothing was changed
not_loaded() {
	exits 1 "unbind, $2" timeout 30 vfioadm unbind 01:00.0 --timeout 3
	like "$stderr" "^vfioadm: nouveau: $1" 'says why'
	is "$(host_state)" "$bound" 'nothing was changed'
	not_ok 'and there is no journal' test -e /run/vfioadm/journal
}

echo 'options nouveau init_errno=5' >/etc/modprobe.d/test.conf
not_loaded 'cannot load the module: Input/output error' 'and its start fails'
echo 'options nouveau init_blocks=1' >/etc/modprobe.d/test.conf
not_loaded 'the kernel did not return from this load within 3 s \(process [0-9]+ sleeps in .*dmesg may say why' \
	'and its start does not end'
exits 0 'status still works' timeout 20 vfioadm status
set_knob nouveau init_blocks 0
ok 'the load ends late' eventually 20 helper_is_gone
rmmod nouveau
rm /etc/modprobe.d/test.conf
echo 'blacklist nouveau' >/etc/modprobe.d/test.conf
not_loaded 'the administrator keeps this module from loading \(blacklist\)' 'and it is blacklisted'
rm /etc/modprobe.d/test.conf
cp "$module" /run/good.ko
# With modversions the kernel compares what is behind the release.
sed 's/ mod_unload / mod_unlode /' /run/good.ko >"$module"
not_loaded 'cannot load the module: it was built for another kernel' 'and it is for another kernel'
rm "$module"
not_loaded 'cannot load the module: its file is missing' 'and its file is missing'
cp /run/good.ko "$module"
exits 0 'unbind, with the module there again' vfioadm unbind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'gives the card back to nouveau, and loads that'

# --- A remove that does not return, and a process with a node open.
exec 7</dev/nouveau0
exits 3 'bind' vfioadm bind 01:00.0
like "$stderr" "block: $gpu: .*\(pid $$\) has /dev/nouveau0 open.*\[device-in-use\]" 'names process and node'
is "$(host_state)$(left_behind)" "$before" 'nothing was changed'

set_knob nouveau remove_blocks 1
SECONDS=0
exits 5 'bind in spite of it' vfioadm bind 01:00.0 --allow device-in-use --timeout 6
is "$((SECONDS < 20))" 1 'comes back in time'
like "$stderr" '/nouveau/unbind: still waiting, 5 s of 6' 'says that it waits'
like "$stderr" '/nouveau/unbind: the kernel did not return from this write within 6 s \(process [0-9]+ sleeps in msleep\)' \
	'tells the state of the write'
like "$stderr" "^vfioadm: $gpu: .*\(pid $$\) has /dev/nouveau0 open: stop it" \
	'names the holder, though the node is gone from sysfs'
like "$stderr" "not everything could be put back: $gpu: .*run vfioadm recover" 'and what remains'
is "$(driver $audio) $(override $audio)" 'snd_hda_intel (null)' 'the sound function is back'
exits 0 'status still works' timeout 20 vfioadm status
like "$stderr" 'run vfioadm recover' 'and says what to do'
exits 5 'recover cannot help yet' timeout 30 vfioadm recover --timeout 2
like "$stderr" "not everything could be put back: .*$gpu" 'and says so'
exec 7<&-
set_knob nouveau remove_blocks 0
ok 'the driver lets go' eventually 20 helper_is_gone
exits 0 'recover' timeout 30 vfioadm recover
is "$(host_state)$(left_behind)" "$before" 'finishes, and all is as it was'

# --- nvidia: modules on modules, nodes in no class, and a remove that waits for every one of them.
echo $gpu >/sys/bus/pci/drivers/nouveau/unbind
modprobe nvidia_drm modeset=1
modprobe nvidia_uvm
hold_with nvidia $gpu
mknod /dev/nvidia0 c 195 0
mknod /dev/nvidiactl c 195 255
before=$(host_state)
exits 3 'bind with nvidia_drm modeset=1' vfioadm bind 01:00.0
like "$stderr" "block: $gpu: the kernel module nvidia_drm \(modeset=1\).*\[device-in-use\]" 'names the module'
like "$stderr" 'modprobe -r nvidia_drm' 'and the way on'
modprobe -r nvidia_drm
modprobe nvidia_drm
exits 0 'check without modeset' vfioadm check 01:00.0
like "$stdout" 'info: .*nvidia_modeset, nvidia_uvm|info: .*nvidia_uvm, nvidia_modeset' \
	'tells the modules that are built on nvidia'

# As nvidia-persistenced does: it never lets go by itself. The kernel cuts its name.
cp /bin/sleep /run/nvidia-persistenced
/run/nvidia-persistenced 600 <>/dev/nvidiactl 7<>/dev/nvidia0 &
daemon=$!
set_knob nvidia remove_waits 1
ok 'nvidia-persistenced runs' eventually 10 grep -qx nvidia-persiste /proc/$daemon/comm
exits 3 'bind' vfioadm bind 01:00.0
like "$stderr" "block: $gpu: nvidia-persiste \(pid $daemon\) has /dev/nvidia0 open" 'names it and the node'
like "$stderr" "block: $gpu: nvidia-persiste \(pid $daemon\) has /dev/nvidiactl open" 'and the node of all cards'
like "$stderr" 'stop nvidia-persistenced first: systemctl stop nvidia-persistenced' 'and how to stop it'
is "$(host_state)$(left_behind)" "$before" 'nothing was changed'
exits 5 'bind in spite of it hangs as with nvidia' vfioadm bind 01:00.0 --allow device-in-use --timeout 2
like "$stderr" "nvidia-persiste \(pid $daemon\) has /dev/nvidia0 open: stop it" 'and names who holds it'
kill $daemon
wait $daemon 2>/dev/null
ok 'the write returns when the last node is closed' eventually 20 helper_is_gone
exits 0 'recover' vfioadm recover
is "$(host_state)$(left_behind)" "$before" 'puts all back'
exits 0 'bind' vfioadm bind 01:00.0
exits 0 'unbind' vfioadm unbind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'gives the card back to nvidia'

# --- amdgpu: its nodes go at once, whoever has them open, and it takes the card again.
echo $gpu >/sys/bus/pci/drivers/nvidia/unbind
hold_with amdgpu $gpu
before=$(host_state)
exec 7</dev/amdgpu0
exits 3 'bind with a node of amdgpu open' vfioadm bind 01:00.0
exits 0 'told to go on, it is bound at once' vfioadm bind 01:00.0 --allow device-in-use --timeout 5
exec 7<&-
exits 0 'unbind' vfioadm unbind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'gives the card back to amdgpu'

unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
