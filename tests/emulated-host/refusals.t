#!/bin/bash
# machine: radeon
# What bind and launch refuse, each with its exit code and one sentence, and nothing changed.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)

# refused CODE PATTERN DESCRIPTION COMMAND...
refused() {
	local code=$1 pattern=$2 description=$3
	shift 3
	exits "$code" "$description: exit code $code" "$@"
	like "$stderr" "$pattern" "$description: says so"
	is "$(host_state)$(left_behind)" "$before" "$description: nothing was changed"
}

refused 1 '^vfioadm: 07:00.0: there is no device' 'an absent address' vfioadm bind 07:00.0
refused 1 '^vfioadm: 07:00.0: there is no device' 'an absent one behind a good one' vfioadm bind 01:00.0 07:00.0
refused 2 '^vfioadm: 1:00.0: not a PCI address' 'a malformed address' vfioadm bind 1:00.0
refused 3 'this is a bridge.*not-an-endpoint' 'a bridge' vfioadm bind 00:04.0
refused 3 '0000:00:02.0.*boot-gpu' "the host's own screen" vfioadm bind 00:02.0
refused 1 'only root can do this' 'someone who is not root' \
	setpriv --reuid=65534 --regid=65534 --clear-groups vfioadm bind 01:00.0

# A process that has a node of the card open is named, with what it has open.
exec 7</dev/dri/by-path/pci-$gpu-card
refused 3 "block: $gpu: .*\(pid $$\) has /dev/dri/card[0-9]+ open.*device-in-use" \
	'a card that a process has open' vfioadm bind 01:00.0
exec 7<&-
exec 7</dev/snd/controlC0
refused 3 "block: $audio: .*\(pid $$\) has /dev/snd/controlC0 open.*device-in-use" \
	'a sound function that a process has open' vfioadm bind 01:00.0
exec 7<&-

# guest LINE...: a guest file with these lines changed or added to a good one
guests=/etc/vfioadm/guests
truncate -s 1M /var/lib/disk.img
write_guest() {
	cat >$guests/test.conf <<-END
		[guest]
		memory=512M
		accel=tcg
		[cpu]
		model=max
		[firmware]
		code=/usr/share/OVMF/OVMF_CODE_4M.fd
		[disk system]
		file=/var/lib/disk.img
		[hostdev gpu]
		address=01:00.0
	END
}

write_guest
exits 0 'a good guest' vfioadm launch test --dry-run
like "$stdout" "vfio-pci,host=$gpu" 'has the card in its command line'
is "$(host_state)$(left_behind)" "$before" 'a dry run changes nothing'

refused 2 'nobody.conf: there is no such guest; there are: test' 'a guest that is not there' vfioadm launch nobody
sed -i 's/^memory=/memroy=/' $guests/test.conf
refused 2 "^vfioadm: $guests/test.conf:2: .*memroy.*memory" 'an unknown key' vfioadm launch test
write_guest; sed -i 's/^.disk system./[dsik system]/' $guests/test.conf
refused 2 "^vfioadm: $guests/test.conf:8: .*dsik.*disk" 'an unknown section' vfioadm launch test
write_guest; sed -i 's,/var/lib/disk.img,/var/lib/gone.img,' $guests/test.conf
refused 1 "^vfioadm: $guests/test.conf:9: /var/lib/gone.img: is not there: .*qemu-img create -f raw" 'a missing disk image' vfioadm launch test
write_guest; sed -i 's,OVMF_CODE_4M.fd,gone.fd,' $guests/test.conf
refused 1 "^vfioadm: $guests/test.conf:7: .*gone.fd: cannot" 'missing firmware' vfioadm launch test
write_guest; sed -i 's/01:00.0/07:00.0/' $guests/test.conf
refused 1 '07:00.0: there is no device' 'a card that is not there' vfioadm launch test
write_guest; printf '[monitor]\ntelnet=0.0.0.0:4444\n' >>$guests/test.conf
refused 2 "$guests/test.conf:13: .*0.0.0.0" 'a monitor open to the network' vfioadm launch test
write_guest; chmod g+w $guests/test.conf
refused 2 'can write it' 'a guest file that others can write' vfioadm launch test
chmod g-w $guests/test.conf

not_ok 'none of it loaded a module' test -e /sys/module/vfio
done_testing
