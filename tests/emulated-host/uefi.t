#!/bin/bash
# machine: uefi
# timeout: 600
# The firmware draws on a VGA card, and Linux's console is on it: what bind refuses, what it releases
# and in which order, what comes back, and what is lost and said to be.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

allowed=(--allow boot-gpu --allow boot-framebuffer)
dark='(S) dummy device 1'
before=$(host_state)
drawn=$(screen_state)

like "$drawn" 'EFI VGA' 'the kernel has the frame buffer of the firmware'
like "$drawn" 'frame buffer device 1' 'and its text console on it'

exits 3 'check of the card that the screen is on' vfioadm check 00:02.0
like "$stdout$stderr" "block: $screen: .*efifb.*BAR 0.*boot-framebuffer" 'names the frame buffer and the BAR'
like "$stdout$stderr" "block: $screen: .*boot-gpu" 'and the boot GPU'
exits 0 'check of the other card' vfioadm check 01:00.0
unlike "$stdout$stderr" 'boot-gpu|boot-framebuffer|framebuffer-not' 'refuses nothing of it'
exits 0 'bind of the other card' vfioadm bind 01:00.0
exits 0 'and unbind' vfioadm unbind 01:00.0
is "$(host_state)$(screen_state)" "$before$drawn" 'leave the screen as it is'

for id in boot-gpu boot-framebuffer; do
	exits 3 "bind with only $id allowed" vfioadm bind 00:02.0 --allow $id
done
is "$(host_state)$(screen_state)$(left_behind)" "$before$drawn" 'changes nothing'

exits 0 'bind --dry-run with both' vfioadm bind 00:02.0 "${allowed[@]}" --dry-run
is "$(plan_text)" "record in /run/vfioadm/held/$screen: driver none, override none
write vfio-pci to /sys/bus/pci/devices/$screen/driver_override (now: none)
write 0 to /sys/class/vtconsole/vtcon1/bind (now: 1)
write efi-framebuffer.0 to /sys/bus/platform/drivers/efi-framebuffer/unbind
write $screen to /sys/bus/pci/drivers/vfio-pci/bind
wait until /dev/vfio/$(group $screen) is ready" 'says what is released, from the outside in'
like "$stderr" 'warn: .*efi-framebuffer.0 .*for good: unbind cannot.*framebuffer-not-given-back' \
	'and what cannot be given back'
is "$(host_state)$(screen_state)$(left_behind)" "$before$drawn" 'changes nothing'

# Six steps, two flushes each: 9 is before vfio-pci has the card, 10 behind it.
kill_at 9 bind 00:02.0 "${allowed[@]}"
is "$killed $(screen_state)" "137 $dark" 'killed between frame buffer and card: the screen is dark'
exits 0 'recover' vfioadm recover
is "$(host_state)$(screen_state)$(left_behind)" "$before$drawn" 'gives the screen back'

kill_at 10 bind 00:02.0 "${allowed[@]}"
is "$killed $(driver $screen)" '137 vfio-pci' 'killed when vfio-pci has the card'
exits 5 'recover cannot give all back' vfioadm recover
like "$stderr" 'efi-framebuffer.0.*next boot' 'and says what'
is "$(host_state)$(screen_state)$(left_behind)" "$before$dark" 'all else is as it was, and no journal waits'
exits 0 'a second recover has nothing to do' vfioadm recover

# The card's own driver makes a frame buffer, and the kernel's console comes to it.
echo 1 >/sys/module/drm_kms_helper/parameters/fbdev_emulation
modprobe bochs
ok 'the driver of the card draws' eventually 10 grep -q 1 /sys/class/vtconsole/vtcon1/bind
before=$(host_state)
drawn=$(screen_state)
is "$(driver $screen)" bochs-drm 'it is bochs'
exits 0 'bind: the frame buffer of the firmware is gone' vfioadm bind 00:02.0 --allow boot-gpu
like "$stderr" 'info: .*vtcon1.*fb0.*console-on-device' 'says that the console goes'
is "$(driver $screen) $(screen_state)" "vfio-pci $dark" 'releases console and card'
exits 0 'unbind' vfioadm unbind 00:02.0
is "$(host_state)$(screen_state)$(left_behind)" "$before$drawn" 'gives both back'

# Killed when the console is released, and when the driver is.
for line in 6 9; do
	kill_at $line bind 00:02.0 --allow boot-gpu
	is "$killed" 137 "killed at line $line"
	unlike "$(screen_state)" 'frame buffer device 1' 'no console is on the frame buffer'
	exits 0 'recover' vfioadm recover
	is "$(host_state)$(screen_state)$(left_behind)" "$before$drawn" 'gives all back'
done

# Else radeon, which has no frame buffer, would release one at power-off.
echo 0 >/sys/module/drm_kms_helper/parameters/fbdev_emulation
unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
