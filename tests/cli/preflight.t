#!/bin/bash
# What a guest would fail at is found before anything is changed, against the real QEMU and its locks.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

for tool in qemu-system-x86_64 qemu-img perl; do
	command -v $tool >/dev/null || skip_all "$tool is missing: contrib/install-packages check"
done

# guest LINES...: a guest that is right but for these lines
guest() {
	printf '%s\n' '[guest]' "memory=${memory-64M}" accel=tcg "user=$(id -un)" '[firmware]' "code=$tap_dir/code" "$@" >"$tap_dir/win.conf"
}

# finds PATTERN DESCRIPTION LINES...: the only problem there is
finds() {
	local pattern=$1 description=$2
	shift 2
	guest "$@"
	exits 1 "$description: exit code 1" "$VFIOADM" launch --dry-run "$tap_dir/win.conf"
	like "$stderr" "^vfioadm: .*$pattern" "$description: says why"
	is "$(grep -c ^vfioadm: <<<"$stderr")" 1 "$description: and nothing else"
	like "$stdout" 'qemu-system-x86_64' "$description: the command line is printed all the same"
}

head -c 4096 /dev/zero >"$tap_dir/code"
head -c 65536 /dev/zero >"$tap_dir/raw"
qemu-img create -q -f qcow2 "$tap_dir/qcow2" 1M
guest
exits 0 'a guest without a fault' "$VFIOADM" launch --dry-run "$tap_dir/win.conf"

# A QEMU that is stopped before its first instruction has its images open.
mkfifo "$tap_dir/words" "$tap_dir/answers"
qemu-system-x86_64 -nodefaults -display none -accel tcg -S -qmp stdio \
	-drive if=none,id=a,format=raw,file="$tap_dir/raw" -device virtio-blk-pci,drive=a \
	-drive if=none,id=b,format=qcow2,file="$tap_dir/qcow2",readonly=on -device virtio-blk-pci,drive=b \
	<"$tap_dir/words" >"$tap_dir/answers" 2>"$tap_dir/qemu-errors" &
qemu=$!
exec 7>"$tap_dir/words" 8<"$tap_dir/answers"
printf '%s\n' '{"execute":"qmp_capabilities"}' >&7
read -r -t 60 _ <&8
# Its greeting comes before it has opened anything, its first answer after.
read -r -t 60 answer <&8
like "$answer" return 'a QEMU holds two images' || diag "$(cat "$tap_dir/qemu-errors")"

finds "win.conf:8: $tap_dir/raw: is in use by another QEMU" 'an image that another guest writes' '[disk a]' "file=$tap_dir/raw"
finds "$tap_dir/raw: is in use" 'the same, only to be read' '[cdrom a]' "file=$tap_dir/raw"
finds "$tap_dir/qcow2: is in use" 'writing to an image that another guest reads' '[disk a]' "file=$tap_dir/qcow2" format=qcow2 interface=virtio
guest '[disk a]' "file=$tap_dir/qcow2" format=qcow2 interface=virtio readonly=yes
exits 0 'two guests may read one image' "$VFIOADM" launch --dry-run "$tap_dir/win.conf"

# What an image stands on: by a name from its own directory, and two below.
(cd "$tap_dir" && qemu-img create -q -f qcow2 -F raw -b raw over && qemu-img create -q -f qcow2 -F qcow2 -b over top) 2>/dev/null
finds "$tap_dir/raw: is in use by another QEMU" 'an image that stands on one that another guest writes' \
	'[disk a]' "file=$tap_dir/top" format=qcow2 interface=virtio

printf '%s\n' '{"execute":"quit"}' >&7
wait $qemu
exec 7>&- 8<&-
guest '[disk a]' "file=$tap_dir/raw" '[cdrom c]' "file=$tap_dir/qcow2"
exits 0 'when that QEMU is gone, its images are free' "$VFIOADM" launch --dry-run "$tap_dir/win.conf"

finds '/absent.img: is not there: to make an empty one, run   qemu-img create -f raw /absent.img' 'an image that does not exist' '[disk a]' file=/absent.img
guest '[disk a]' "file=$tap_dir/top" format=qcow2 interface=virtio
exits 0 'an image that stands on others' "$VFIOADM" launch --dry-run "$tap_dir/win.conf"
mv "$tap_dir/raw" "$tap_dir/elsewhere"
finds "$tap_dir/raw: is not there, and $tap_dir/over stands on it" 'one of which does not exist' \
	'[disk a]' "file=$tap_dir/top" format=qcow2 interface=virtio
mv "$tap_dir/elsewhere" "$tap_dir/raw"

# A port of its own choice that a stand-in listens on until its input ends.
mkfifo "$tap_dir/hold"
perl -MIO::Socket::INET -e '$| = 1; $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
	print $s->sockport, "\n"; <STDIN>' <"$tap_dir/hold" >"$tap_dir/port" &
exec 7>"$tap_dir/hold"
until [ -s "$tap_dir/port" ]; do read -r -t 0.1 _ <>"$tap_dir/words"; done
port=$(cat "$tap_dir/port")
finds "win.conf:8: TCP port $port of 127.0.0.1: something listens there already" 'a port in use' '[monitor]' "telnet=127.0.0.1:$port"
finds "TCP port $port" 'a forwarded port in use' '[net n]' user=yes "forward=tcp:$port:22"
exec 7>&-

finds 'win.conf:7: bridge=no-such-bridge: this host has no such bridge' 'a bridge that is missing' '[net n]' bridge=no-such-bridge
finds 'tap=no-such-tap: this host has no such tap' 'a tap that is missing' '[net n]' tap=no-such-tap
memory=4000G finds 'hugepages=1G' 'huge pages that are not there' '[memory]' hugepages=1G
finds 'win.conf:8: pin=8191: this host has no processor 8191' 'a pin to a processor that is not there' '[cpu]' pin=8191

# Programs that are not what they are called.
mkdir "$tap_dir/bin"
printf '#!/bin/sh\nexit 1\n' >"$tap_dir/bin/swtpm"
printf '#!/bin/sh\nexit 0\n' >"$tap_dir/bin/virtiofsd"
chmod 755 "$tap_dir/bin/swtpm" "$tap_dir/bin/virtiofsd"
usual=$PATH
PATH=$tap_dir/bin:$PATH
finds 'win.conf:7: .tpm.: swtpm does not say that it emulates a TPM 2.0' 'a swtpm that does not work' '[tpm]'
finds 'win.conf:7: .share s.: virtiofsd --help tells of neither' 'a virtiofsd that does not work' '[share s]' "path=$tap_dir"
PATH=$usual
finds "win.conf:8: $tap_dir/code: is not a directory" 'a share that is no directory' '[share s]' "path=$tap_dir/code"

# What there is beside QEMU, and what its command line has for it.
printf '#!/bin/sh\necho \\"tpm-2.0\\"\n' >"$tap_dir/bin/swtpm"
printf '#!/bin/sh\necho --shared-dir\n' >"$tap_dir/bin/virtiofsd"
PATH=$tap_dir/bin:$PATH
first=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
guest '[cpu]' "pin=$first" '[tpm]' '[share s]' "path=$tap_dir"
exits 0 'a guest with backends, pinned' "$VFIOADM" launch --dry-run --json "$tap_dir/win.conf"
is "$(jq -r '.backends[] | "\(.name): \(.argv[0])"' <<<"$stdout" | tr '\n' ' ')" 'swtpm: swtpm share-s: virtiofsd ' \
	'the dry run shows them'
is "$(jq '.argv | index("-S") != null' <<<"$stdout")" true 'QEMU begins paused'
like "$(jq -r '.argv[]' <<<"$stdout")" 'memory-backend-memfd,id=ram,size=64M,share=on' 'the memory is shared with virtiofsd'
exits 0 'without --json' "$VFIOADM" launch --dry-run "$tap_dir/win.conf"
like "$(tr -d '\\\n' <<<"$stdout")" '^swtpm socket .*virtiofsd .*qemu-system-x86_64 ' 'they come before QEMU'
exits 2 '--exec of a pinned guest' "$VFIOADM" launch --dry-run --exec "$tap_dir/win.conf"
like "$stderr" '--exec: nobody would be there to pin' 'is refused, with the reason'
guest '[tpm]'
exits 0 '--exec of a guest with backends' "$VFIOADM" launch --dry-run --exec "$tap_dir/win.conf"
is "$(grep -c '^ *-S' <<<"$stdout")" 0 'one that is not pinned does not begin paused'
PATH=$usual
finds 'QEMU refuses the guest.s .*no-such-flag' 'a processor flag that QEMU does not know' '[cpu]' flags=+no-such-flag
done_testing
