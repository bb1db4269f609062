#!/bin/bash
# launch --dry-run: the reference guest's command line, on any machine, and guest files that are wrong.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

# The guest of the article, as a person would check it: each choice of its command line in turn. Its
# images, firmware and card are not on this machine, and the exit code says so.
exits 1 'the reference guest' "$VFIOADM" launch --dry-run "$here/contrib/examples/seed.conf"
command=$(tr -d '\\\n' <<<"$stdout" | tr -s ' ')
has() { like "$command " " -$1 " "$2"; }
has 'machine pc,accel=kvm' 'KVM, the i440FX board'
has 'm 3000M' '3000 MiB'
has 'cpu host' "the host's processor"
has 'smp 6,sockets=1,cores=6,threads=1' 'six cores of one'
has 'drive if=pflash,[^ ]*readonly=on,file=/root/OVMF-pure-efi.fd' 'the firmware, in a flash that is read only'
has 'drive [^ ]*format=raw,media=disk,file=/home/libvirt/Windows-kvm-efi.img' 'the system disk'
has 'drive [^ ]*format=raw,media=disk,file=/home/libvirt/Windows-2.img' 'the other disk'
has 'drive [^ ]*format=raw,media=cdrom,[^ ]*file=/home/dist/Windows8.1.iso' 'the CD-ROM'
has 'device vfio-pci,host=0000:01:00.0,[^ ]*' 'the card'
has 'device vfio-pci,host=0000:01:00.1,[^ ]*' 'its sound function'
has 'netdev tap,[^ ]*fd=96' 'the bridge, by an open tap'
has 'device e1000,netdev=[^ ]*' 'a network card on it'
has 'spice port=5900,addr=127.0.0.1,disable-ticketing=on' 'SPICE for this host only, without a password'
has 'chardev socket,[^ ]*host=127.0.0.1,port=12997,ipv4=on,telnet=on,server=on,wait=off' 'the monitor by telnet'
has 'mon chardev=[^ ]*,mode=readline' 'for a person'
has 'rtc base=localtime' 'a clock in local time'
has 'chardev socket,id=qmp,fd=3,server=on,wait=off' "the monitor's socket, which vfioadm makes"
has 'mon chardev=qmp,mode=control' 'for vfioadm'
has 'sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny' 'a sandbox, in which nothing may run'
unlike "$command" 'readonly,|server,|nowait|disable-ticketing( |$)|x-vga|-bios|-enable-kvm' \
	'no spelling that a QEMU from 7.2 to 10 warns of, and no VGA arbitration'
like "$stderr" 'seed.conf:[0-9]+: /root/OVMF-pure-efi.fd: cannot be read' 'what is missing is named by line'

exits 1 'the same as JSON' "$VFIOADM" launch --dry-run --json "$here/contrib/examples/seed.conf"
is "$(jq -r '.schema, .argv[0], (.argv | index("-smp") as $i | .[$i + 1])' <<<"$stdout")" \
	'vfioadm/1
qemu-system-x86_64
6,sockets=1,cores=6,threads=1' 'has the exact arguments'
is "$(jq -c '.files' <<<"$stdout")" '[{"fd":96,"path":"/dev/net/tun","address":null,"net":"lan"}]' \
	'what QEMU is given open'
is "$(jq -r '(.plan | type) + " " + (.findings | type)' <<<"$stdout")" 'array array' 'a plan and findings'

# wrong LINE-NUMBER PATTERN DESCRIPTION SED-SCRIPT: the example changed by the script is refused
wrong() {
	sed "$4" "$here/contrib/examples/seed.conf" >"$tap_dir/guest.conf"
	exits 2 "$3: exit code 2" "$VFIOADM" launch --dry-run "$tap_dir/guest.conf"
	like "$stderr" "^vfioadm: $tap_dir/guest.conf:$1: .*$2" "$3: says where and what"
	is "$stdout" '' "$3: no result"
}
line() { grep -n "$1" "$here/contrib/examples/seed.conf" | cut -d : -f 1; }

wrong "$(line '^memory=')" 'memroy.*memory' 'a misspelt key' 's/^memory=/memroy=/'
wrong "$(line '^.spice.')" 'spcie.*spice' 'a misspelt section' 's/^.spice./[spcie]/'
wrong "$(line '^machine=')" 'isapc.*pc.*q35' 'a machine that is none' 's/^machine=.*/machine=isapc/'
wrong "$(line '^address=01:00.0')" 'address=1:0.0: expected a PCI address' 'a malformed address' 's/^address=01:00.0/address=1:0.0/'
wrong "$(line '^port=5900')" '99999' 'a port out of range' 's/^port=5900/port=99999/'
wrong "$(line '^listen=')" '0.0.0.0' 'SPICE open to the network' 's/^listen=.*/listen=0.0.0.0/'
wrong "$(line '^telnet=')" '0.0.0.0' 'a monitor open to the network' 's/^telnet=127.0.0.1/telnet=0.0.0.0/'
exits 2 'no such guest' "$VFIOADM" launch --dry-run nobody
like "$stderr" '^vfioadm: .*/guests/nobody.conf: there is no(.* such)? guest' 'is named with the path that was tried'

sed '0,/^memory/s//user=absent\nmemory/' "$here/contrib/examples/seed.conf" >"$tap_dir/guest.conf"
exits 1 'a user that is not there' "$VFIOADM" launch --dry-run "$tap_dir/guest.conf"
like "$stderr" 'absent: there is no such user for QEMU' 'is named'
exits 2 'to stay and not to stay' "$VFIOADM" launch --detach --exec nobody
like "$stderr" 'detach.*exec' 'is told'
exits 2 'no time to power off' "$VFIOADM" launch --stop-timeout 0 nobody
like "$stderr" 'stop-timeout 0: say 1 to' 'is told'

page=$("$VFIOADM" --help=guest-man | tr '\n' ' ')
like "$page" '.SH SECURITY QEMU runs as the user of.*-sandbox.*A guest that breaks out into its QEMU still reaches: .IP' \
	'the man page says what a guest can reach'
for section in input audio looking-glass net spice vnc serial; do
	like "${page##*SECURITY}" "\[${section//-/.*}\]" "and names [$section]"
done

for example in "$here"/contrib/examples/*.conf; do
	run "$VFIOADM" launch --dry-run "$example"
	is "$((status == 2))" 0 "the example ${example##*/} is well formed"
done
done_testing
