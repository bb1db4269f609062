#!/bin/bash
# guest import: a QEMU command line becomes a guest file that means the same.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

cat >"$tap_dir/seed.sh" <<'END'
#!/bin/bash
# not this: qemu-system-x86_64 -m 1
qemu-system-x86_64 -enable-kvm -m 3000 -cpu host
    -smp 6,sockets=1,cores=6,threads=1
    -drive if=pflash,format=raw,readonly,file=/root/OVMF-pure-efi.fd
    -drive file=/home/libvirt/Windows-kvm-efi.img,format=raw,media=disk
    -drive file=/home/libvirt/Windows-2.img,format=raw,media=disk
    -drive file=/home/dist/Windows8.1.iso,format=raw,media=cdrom
    -device vfio-pci,host=01:00.0
    -device vfio-pci,host=01:00.1
    -net nic -net bridge,br=xenbr0
    -spice port=5900,addr=127.0.0.1,disable-ticketing
    -monitor telnet:127.0.0.1:12997,server,nowait,ipv4
    -rtc base=localtime
echo done
END

imported() {
	exits "${2-0}" "$1" "$VFIOADM" guest import "$tap_dir/in"
	printf '%s\n' "$stdout" >"$tap_dir/seed.conf"
}
# Word for word what QEMU is given, but for the names of sections.
argv() {
	"$VFIOADM" launch "$1" --dry-run --json 2>/dev/null |
		jq -r '.argv[]' | sed -E 's/(disk|cdrom|hostdev|net)-[a-z0-9]+/\1-X/g'
}

cp "$tap_dir/seed.sh" "$tap_dir/in"
imported 'a command without backslashes'
is "$stderr" '' 'is understood as a whole'
is "$(argv "$tap_dir/seed.conf")" "$(argv "$here/contrib/examples/seed.conf")" \
	'and means what contrib/examples/seed.conf means'
like "$(argv "$tap_dir/seed.conf")" '^vfio-pci,host=0000:01:00.1' 'which is not nothing'
wanted=$stdout

sed -e '/^qemu/,/localtime/{s/$/ \\/}' -e 's/localtime \\/localtime/' -e 's,/home/dist/Win,"/home/dist"/\\Win,' \
	"$tap_dir/seed.sh" >"$tap_dir/in"
imported 'with backslashes and quotation marks'
is "$stdout" "$wanted" 'it is the same'
sed -n '/^qemu/,/localtime/p' "$tap_dir/seed.sh" | paste -sd' ' | sed 's,^,root  4711  9.9  2.0 ? Sl 09:00 1:02 /usr/bin/,' \
	>"$tap_dir/in"
imported 'a line of ps'
is "$stdout" "$wanted" 'it is the same'
sed -n '/^qemu/,/localtime/p' "$tap_dir/seed.sh" | xargs printf '%s\0' >"$tap_dir/in"
imported '/proc/PID/cmdline'
is "$stdout" "$wanted" 'it is the same'
run "$VFIOADM" guest import - <"$tap_dir/in"
is "$stdout" "$wanted" 'and from standard input'

# line OPTIONS: what becomes of them
line() {
	printf 'qemu-system-x86_64 -m 1G -bios /x.fd %s\n' "$1" >"$tap_dir/in"
	run "$VFIOADM" guest import "$tap_dir/in"
}
# becomes OPTIONS LINE...: these lines are in the guest file, and no section [extra]
becomes() {
	local options=$1 want
	shift
	line "$options"
	for want; do like "$stdout" "^$want\$" "$options: $want"; done
	unlike "$stdout" '^\[extra' "$options: all of it"
}
becomes '-machine q35,accel=kvm,kernel_irqchip=on' machine=q35 accel=kvm kernel-irqchip=on
becomes '-cpu host,kvm=off,hv_vendor_id=whatever,+invtsc' hide-hypervisor=yes vendor-id=whatever flags=.invtsc
becomes '-smp 8,cores=4' sockets=2 cores=4 threads=1
becomes '-smp 4' sockets=1 cores=4 threads=1
becomes '-drive file=/a.qcow2,format=qcow2,if=virtio,cache=none,aio=native,discard=unmap' \
	'\[disk disk1\]' interface=virtio format=qcow2 cache=none aio=native discard=yes
becomes '-drive if=none,id=d,file=/a,,b.img,format=raw -device nvme,drive=d,serial=S1,bootindex=2' \
	file=/a,b.img interface=nvme serial=S1 boot=2
becomes '-device vfio-pci,host=0000:01:00.0,romfile=/r.rom,x-vga=on,rombar=0' address=0000:01:00.0 romfile=/r.rom x-vga=yes rombar=no
becomes '-netdev bridge,id=n,br=br7 -device virtio-net-pci,netdev=n,mac=52:54:00:12:34:56' \
	bridge=br7 model=virtio mac=52:54:00:12:34:56
becomes '-device usb-host,vendorid=0x046d,productid=0xc52b' 'ids=046d:c52b'
becomes '-vga qxl -qmp unix:/q.sock,server,nowait' vga=qxl unix=/q.sock

# Nothing is dropped without a word.
# kept OPTION VALUE
kept() {
	line "$1 $2"
	like "$stdout" "^option=$1\$" "$1 $2: the option is handed on"
	[ -z "$2" ] || is "$(grep -c -Fx "value=$2" <<<"$stdout")" 1 "$1 $2: with its value"
	like "$stderr" "^vfioadm: $1.*became \[extra extra1\]" "$1 $2: and is named"
}
kept -object rng-random,id=r,filename=/dev/urandom
kept -netdev tap,id=n,ifname=t0,script=/etc/up
kept -drive if=none,id=d,file=/x
kept -device vfio-pci,host=01:00.0,x-igd-opregion=on
kept -no-hpet ''
kept -snapshot ''
line '-machine pc,hpet=off'
like "$stdout" '^value=hpet=off$' 'what is left of an option is handed on'
line '-device vfio-pci,host=01:00.0,bus=pcie.0,addr=0x5'
like "$stderr" 'its place in the guest .* is left out' 'a place is left out, and that is said'
# shellcheck disable=SC2016
line '-drive file=$HOME/x,format=raw | tee log'
# shellcheck disable=SC2016
like "$stderr" '\$HOME/x.*: the shell would' 'a variable is named'
like "$stderr" 'what follows "\|" is for the shell' 'and a pipe'
line '-name win -daemonize'
like "$stderr" '-name win: a guest has the name' 'a name is not taken'
like "$stderr" '--detach' 'nor is -daemonize'

printf 'qemu-system-x86_64 -m 1G -bios /x -spice port=1,disable-ticketing\n' >"$tap_dir/in"
imported 'what listens to the network' 2
like "$stderr" 'has to be corrected' 'needs a person, and the file is printed'
printf 'qemu-system-x86_64 -m 1G -bios /x -append "a\n[monitor] # b"\n' >"$tap_dir/in"
imported 'a value with the end of a line in it'
unlike "$stdout" '^\[monitor' 'makes no section'
like "$stderr" 'cannot say this value' 'and is named'
echo 'ls -l' >"$tap_dir/in"
exits 2 'no command of QEMU' "$VFIOADM" guest import "$tap_dir/in"
like "$stderr" 'no command of QEMU' 'says so'
echo "qemu-system-x86_64 -m '1" >"$tap_dir/in"
exits 2 'an open quotation mark' "$VFIOADM" guest import "$tap_dir/in"
exits 1 'a file that is not there' "$VFIOADM" guest import "$tap_dir/none"
exits 2 'an unknown action' "$VFIOADM" guest imports x
like "$stderr" 'did you mean import' 'names the nearest'
done_testing
