#!/bin/bash
# machine: uefi-0380
# timeout: 600
# The firmware draws on a card that is no VGA card: neither does the kernel call it the boot GPU nor
# does vfio-pci take the frame buffer away. So bind has to, and can give it back.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

dark='(S) dummy device 1'
before=$(host_state)
drawn=$(screen_state)
like "$drawn" 'EFI VGA' 'the kernel has the frame buffer of the firmware'
like "$drawn" 'frame buffer device 1' 'and its text console on it'
is "$(cat /sys/bus/pci/devices/$gpu/boot_vga)" 1 'and the kernel calls the other card the boot GPU'

exits 3 'check of the card that the screen is on' vfioadm check 00:02.0
like "$stdout$stderr" "block: $screen: .*efifb.*BAR 0.*boot-framebuffer" 'names the frame buffer'
exits 0 'check of the other card' vfioadm check 01:00.0
unlike "$stdout$stderr" 'boot-gpu|boot-framebuffer|framebuffer-not' 'refuses nothing of it'
exits 0 'bind of the other card' vfioadm bind 01:00.0
exits 0 'and unbind' vfioadm unbind 01:00.0
is "$(host_state)$(screen_state)" "$before$drawn" 'leave the screen as it is'

exits 3 'bind' vfioadm bind 00:02.0
is "$(host_state)$(screen_state)$(left_behind)" "$before$drawn" 'is refused, and changes nothing'
exits 0 'bind with the frame buffer allowed' vfioadm bind 00:02.0 --allow boot-framebuffer
like "$stderr" 'warn: .*efi-framebuffer.0 back, but not.*framebuffer-not-given-back' 'says what may not come back'
is "$(driver $screen) $(screen_state)" "vfio-pci $dark" 'releases the screen and binds the card'
unlike "$(cat /proc/iomem)" 'efifb' 'and no frame buffer has its memory'
exits 0 'check finds nothing that remains' vfioadm check 00:02.0
unlike "$stdout$stderr" 'framebuffer-remains' 'of the frame buffer'

exits 0 'unbind --dry-run' vfioadm unbind 00:02.0 --dry-run
is "$(plan_text)" "write $screen to /sys/bus/pci/drivers/vfio-pci/unbind
write efi-framebuffer.0 to /sys/bus/platform/drivers/efi-framebuffer/bind
write 1 to /sys/class/vtconsole/vtcon1/bind (now: 0)
write a newline to /sys/bus/pci/devices/$screen/driver_override (now: vfio-pci)
remove /run/vfioadm/held/$screen" 'says what is given back, in reverse'
exits 0 'unbind' vfioadm unbind 00:02.0
is "$(host_state)$(screen_state)$(left_behind)" "$before$drawn" 'gives all back, console and frame buffer too'

# Killed when the console is released, then the frame buffer, then the card bound.
for line in 6 8 10; do
	kill_at $line bind 00:02.0 --allow boot-framebuffer
	is "$killed" 137 "bind, killed at line $line"
	exits 0 'recover' vfioadm recover
	is "$(host_state)$(screen_state)$(left_behind)" "$before$drawn" 'gives all back'
done

exits 0 'bind' vfioadm bind 00:02.0 --allow boot-framebuffer
bound=$(host_state)
for line in 2 4; do
	kill_at $line unbind 00:02.0
	is "$killed" 137 "unbind, killed at line $line"
	exits 0 'recover' vfioadm recover
	is "$(host_state) $(screen_state)" "$bound $dark" 'takes card and screen again'
done

# Something else is where the frame buffer was: the card must come back all the same.
mount --bind /dev/null /sys/bus/platform/drivers/efi-framebuffer/bind
exits 0 'unbind where the kernel does not take the frame buffer back' vfioadm unbind 00:02.0
like "$stderr" 'efi-framebuffer.0.*going on without it' 'says so'
is "$(host_state) $(screen_state)$(left_behind)" "$before $dark" 'and gives the card back'
umount /sys/bus/platform/drivers/efi-framebuffer/bind

unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
