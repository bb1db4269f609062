#!/bin/bash
# claim import: which claims it makes of what driverctl, modprobe.d and the kernel command line give to
# vfio-pci, what it leaves and why, what it says is to be removed; that bad input changes nothing; and as root on
# a host of its own, that all claims are written or none.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"
# shellcheck source=tests/cli/live-host.sh
. "$here/live-host.sh"

json() { jq -r "$1" <<<"$stdout"; }
# shellcheck disable=SC2317 # exits calls it
import() { "$VFIOADM" --root "$tree" claim import "$@"; }
# shellcheck disable=SC2317
dry() { import --dry-run "$@"; }
override() { mkdir -p "$tree/etc/driverctl.d" && printf '%s\n' "$2" >"$tree/etc/driverctl.d/$1"; }
modprobe_file() { mkdir -p "$tree/${1%/*}" && printf '%b' "$2" >"$tree/$1"; }
becomes() { json '.items[] | [.text, .address, .becomes, .claim] | map(. // "-") | join(" ")'; }
others_gone() { rm -rf "$tree"/{etc,run,usr/lib,usr/local/lib}/modprobe.d "$tree/etc/driverctl.d" "$tree/proc/cmdline"; }

# The usual machine with a second card like the first, without sound.
import_host() {
	usual_host
	function_at 0000:03:00.0 1002 5159 030000 radeon 4
	pcie_at 0000:03:00.0 1
	mkdir -p "$tree/usr/sbin"
	touch "$tree/usr/sbin/update-initramfs"
}

import_host
exits 0 'where nobody was told anything' dry
is "$stdout" '' 'nothing is printed'
like "$stderr" 'nothing to import: driverctl has saved no override' 'and that is said'

# driverctl.
override pci-0000:01:00.0 vfio-pci
override 0000:01:00.1 vfio-pci
override pci-0000:02:00.0 uio_pci_generic
override pci-0000:0b:00.0 vfio-pci
override vmbus-f8615163 uio_hv_generic
before=$(snapshot)
exits 0 "driverctl's overrides" dry
is "$(sed -n '/^would/,/^$/p' <<<"$stdout")" 'would write /etc/vfioadm/claims.d/pci-0000-01-00.1.conf:
# imported by vfioadm from /etc/driverctl.d/0000:01:00.1
[claim]
address=0000:01:00.1
ids=8086:2668
functions=only
driver=vfio-pci
would write /etc/vfioadm/claims.d/gpu-0000-01-00.0.conf:
# imported by vfioadm from /etc/driverctl.d/pci-0000:01:00.0
[claim]
address=0000:01:00.0
ids=1002:5159
functions=only
driver=vfio-pci' 'become claims for exactly these functions, with their ids'
like "$stdout" '^/etc/driverctl.d/pci-0000:02:00.0 +uio_pci_generic +0000:02:00.0 +nothing: driverctl gives it to uio_pci_generic' \
	'one for another driver is told, and left'
like "$stdout" '^/etc/driverctl.d/pci-0000:0b:00.0 +vfio-pci +- +nothing: no device is at this address' 'one for no device, too'
like "$stdout" '^/etc/driverctl.d/vmbus-f8615163 +- +- +nothing: its name is not' 'one for no PCI device, too'
is "$(sed -n '/^For you\|^What these/,$p' <<<"$stdout" | grep '^  ')" \
	'  rm /etc/driverctl.d/0000:01:00.1   (driverctl unset-override 0000:01:00.1 would also take the device from vfio-pci at once)
  rm /etc/driverctl.d/pci-0000:01:00.0   (driverctl unset-override 0000:01:00.0 would also take the device from vfio-pci at once)' \
	'what to remove is said, and nothing that was left'
is "$stderr" 'vfioadm: for the next boot to know, run   update-initramfs -u -k all' 'and what comes then'
is "$(snapshot)" "$before" 'nothing was changed'
exits 2 'without --dry-run in a tree' import
others_gone

# ids: every matching device, the boot GPU, a claimed one, none.
modprobe_file etc/modprobe.d/vfio.conf '# mine\noptions vfio_pci disable_vga=1 \\\n ids=1002:5159,8086:3e92,10de:1b80\n'
exits 0 'ids in modprobe.d' dry --json
is "$(becomes)" '1002:5159 0000:01:00.0 claim gpu-0000-01-00.0
1002:5159 0000:03:00.0 claim gpu-0000-03-00.0
8086:3e92 0000:00:02.0 refused -
10de:1b80 - absent -' 'are one claim for each device that is there'
is "$(json '.items[0] | [.from, .line] | join(" ")')" '/etc/modprobe.d/vfio.conf 2' 'and the line is named'
like "$(json '.items[2].message')" "firmware's console.*\[boot-gpu\]" 'the boot GPU is told'
is "$(json '.remove[].remedy')" \
	'take   ids=1002:5159,8086:3e92,10de:1b80   out of /etc/modprobe.d/vfio.conf, line 2; with that vfio-pci loses 0000:00:02.0' \
	'what to remove is said to the line, and what is lost with it'
like "$(json '.notes[]')" '^0000:01:00.1 shares the slot of 0000:01:00.0.*claim add 0000:01:00.1' 'the sound that is not in it, too'
is "$(json '.result')" dry-run 'the result is in it'
exits 0 'with --allow boot-gpu' dry --allow boot-gpu
like "$(tr '\n' ' ' <<<"$stdout")" 'gpu-0000-00-02.0.conf:.*address=0000:00:02.0 .*boot-gpu=yes' 'that is a claim, which says so'
mkdir -p "$tree/etc/vfioadm/claims.d"
printf '[claim]\naddress=01:00.0\nids=1002:5159\n' >"$tree/etc/vfioadm/claims.d/mine.conf"
exits 0 'where one is claimed' dry --json
is "$(becomes | head -n 2)" '1002:5159 0000:01:00.0 claimed mine
1002:5159 0000:03:00.0 claim gpu-0000-03-00.0' 'its claim is named'
is "$(json '.notes | length')" 0 "its sound goes along with it: functions=slot"
modprobe_file etc/modprobe.d/vfio.conf 'options vfio-pci ids=8086:2668\n'
exits 0 'where the sound is claimed with its card' dry
like "$stdout" '0000:01:00.1 +nothing: the claim mine has it already' 'that is said'
like "$stdout" '^  take   ids=8086:2668   out of /etc/modprobe.d/vfio.conf, line 1$' 'and what is still to be removed'
like "$stderr" 'nothing to write' 'and that there is nothing to write'
printf '[claim]\naddress=01:00.0\nids=10de:1b80\n' >"$tree/etc/vfioadm/claims.d/mine.conf"
modprobe_file etc/modprobe.d/vfio.conf 'options vfio-pci ids=1002:5159\n'
exits 0 'where a claim for another device is at the address' dry --json
is "$(becomes)" '1002:5159 0000:01:00.0 refused -
1002:5159 0000:03:00.0 claim gpu-0000-03-00.0' 'that device is left'
like "$(json '.items[0].message')" 'claim mine is in the way.*claim remove mine first' 'and the claim is named'
rm -r "$tree/etc/vfioadm"
modprobe_file etc/modprobe.d/vfio.conf 'options vfio-pci ids=8086:3e92,8086:a33c\n'
exits 3 'where only what is refused fits' dry
like "$stdout" '0000:00:1c.0 +nothing: .*\[not-an-endpoint\]' 'a bridge is one'
like "$stderr" 'refused for the reasons above; nothing was changed' 'says so'
unlike "$stdout" 'is still there' 'and has nothing removed'

# Subsystem, class, and the last ids hold.
others_gone
modprobe_file etc/modprobe.d/vfio.conf 'options vfio-pci ids=1002:ffffffff:ffffffff:ffffffff:00030000:ffff00ff,8086:2668:1af4\n'
echo 0x1af4 >"$tree/sys/bus/pci/devices/0000:01:00.1/subsystem_vendor"
exits 0 'ids by class and by subsystem' dry --json
is "$(becomes)" '1002:ffffffff:ffffffff:ffffffff:00030000:ffff00ff 0000:01:00.0 claim gpu-0000-01-00.0
1002:ffffffff:ffffffff:ffffffff:00030000:ffff00ff 0000:03:00.0 claim gpu-0000-03-00.0
8086:2668:1af4 0000:01:00.1 claim pci-0000-01-00.1' 'fit as the kernel has it'
echo 0x1af5 >"$tree/sys/bus/pci/devices/0000:01:00.1/subsystem_vendor"
run dry --json
is "$(becomes | tail -n 1)" '8086:2668:1af4 - absent -' 'and not where the subsystem is another'
modprobe_file usr/lib/modprobe.d/00-image.conf 'options vfio-pci ids=8086:2668\n'
mkdir -p "$tree/etc/default" && touch "$tree/usr/sbin/update-grub" && echo GRUB_DEFAULT=0 >"$tree/etc/default/grub"
echo 'quiet vfio_pci.ids=1002:5159' >"$tree/proc/cmdline"
exits 0 'ids in three places' dry --json
is "$(becomes)" 'ids=8086:2668 - overruled -
ids=1002:ffffffff:ffffffff:ffffffff:00030000:ffff00ff,8086:2668:1af4 - overruled -
1002:5159 0000:01:00.0 claim gpu-0000-01-00.0
1002:5159 0000:03:00.0 claim gpu-0000-03-00.0' 'those of the command line hold'
like "$(json '.remove[0].remedy')" '^cp /usr/lib/modprobe.d/00-image.conf /etc/modprobe.d/00-image.conf .*take   ids=8086:2668   out of it' \
	'a file that is not of /etc is hidden'
is "$(json '.remove[2].remedy')" \
	'take vfio_pci.ids=1002:5159 out of GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run update-grub and reboot' \
	'the word is taken out where the boot loader has it'
override pci-0000:01:00.0 vfio-pci
run dry --json
is "$(json '.claims | length') $(json '.remove | length')" '2 4' 'what two tools were told is one claim, and two things to end'

# Bad input changes nothing. bad CODE DESCRIPTION MESSAGE
bad() {
	before=$(snapshot)
	exits "$1" "$2" dry
	like "$stderr" "$3" 'is named'
	unlike "$stdout" 'would write' 'and nothing would be written'
	is "$(snapshot)" "$before" 'nothing was changed'
}
others_gone
override pci-0000:01:00.0 vfio-pci
modprobe_file etc/modprobe.d/a.conf '\noptions vfio-pci ids=1002:5159,1002\n'
bad 2 'ids that are none' '/etc/modprobe.d/a.conf:2: ids: "1002" is not VENDOR:DEVICE'
modprobe_file etc/modprobe.d/a.conf 'options vfio-pci ids=\xff\xfe\x1b[31m:1\n'
bad 2 'ids that are no UTF-8' 'ids: "...\[31m:1" is not'
modprobe_file etc/modprobe.d/a.conf 'options vfio-pci ids=1002:5159\0\n'
bad 2 'a file with a NUL' '/etc/modprobe.d/a.conf: is not a text'
truncate -s 5M "$tree/etc/modprobe.d/a.conf"
bad 2 'a huge file' '/etc/modprobe.d/a.conf: cannot be read: File too large'
{ printf 'options vfio-pci ids='; head -c 3000000 /dev/zero | tr '\0' 1; } >"$tree/etc/modprobe.d/a.conf"
bad 2 'a huge line' '/etc/modprobe.d/a.conf:1: ids: 3000000 characters are more than vfio-pci takes'
rm -r "$tree/etc/modprobe.d"
truncate -s 5M "$tree/etc/driverctl.d/pci-0000:01:00.0"
bad 2 'a huge override' '/etc/driverctl.d/pci-0000:01:00.0: cannot be read: File too large'
others_gone
override pci-0000:01:00.0 vfio-pci
mkdir -p "$tree/etc/vfioadm/claims.d"
echo rubbish >"$tree/etc/vfioadm/claims.d/gpu-0000-01-00.0.conf"
bad 2 'a claim file in error, which a new one could take the place of' 'claim gpu-0000-01-00.0: /etc/vfioadm/claims.d'
rm -r "$tree/etc/vfioadm"
override "pci-0000:01:00.1" $'vfio-pci\e[2J\xff'
override $'caf\xe9' vfio-pci
exits 0 'overrides with other bytes' dry
unlike "$stdout$stderr" $'\e|\xe9|\xff' 'are printed without them'
like "$stdout" 'nothing: driverctl gives it to vfio-pci.\[2J' 'and are left'
run dry --json
ok 'and the document is one' jq -e '.items | length == 3' <<<"$stdout"
if [ "$(id -u)" -eq 0 ]; then
	others_gone
	override pci-0000:01:00.0 vfio-pci
	chmod 700 "$tree/etc/driverctl.d"
	exits 2 'a directory that one may not read' as_nobody "$VFIOADM" --root "$tree" claim import --dry-run
	like "$stderr" '/etc/driverctl.d: cannot be read: Permission denied' 'is named'
fi

# For real.
import_host
override pci-0000:01:00.0 vfio-pci
override pci-0000:01:00.1 vfio-pci
modprobe_file etc/modprobe.d/vfio.conf 'options vfio-pci ids=1002:5159\n'
live_host
# shellcheck disable=SC2317
live() { on_host vfioadm claim import "$@"; }
files() { (cd "$tree" && find etc -type f ! -name '.*' -printf '%p %m\n' -exec cat {} \; | sort); }
names() { (cd "$tree/etc/vfioadm/claims.d" && echo *); }
before=$(files)
exits 0 'import' live
is "$(names)" 'gpu-0000-01-00.0.conf gpu-0000-03-00.0.conf pci-0000-01-00.1.conf' 'writes all claims'
like "$stdout" '^/etc/vfioadm/claims.d/gpu-0000-03-00.0.conf: claims 0000:03:00.0 from the next boot on' 'and says so'
is "$(cat "$tree/etc/vfioadm/claims.d/gpu-0000-03-00.0.conf")" '# imported by vfioadm from /etc/modprobe.d/vfio.conf, line 1
[claim]
address=0000:03:00.0
ids=1002:5159
functions=only
driver=vfio-pci' 'word for word'
ok "udev's mark is there" test -e "$tree/run/vfioadm/claims/0000:03:00.0"
is "$(grep -v '^etc/vfioadm' <<<"$(files)" | grep '^etc')" "$(grep '^etc' <<<"$before")" "the others' files stay"
not_ok 'no initramfs is made' test -e "$tree/tmp/ran"
after=$(files)
exits 0 'again' live --json
is "$(json .result) $(json '.remove | length')" 'nothing-to-do 3' 'has nothing to write, and the same to say'
is "$(files)" "$after" 'and changes nothing'
exits 3 'verify' on_host vfioadm claim verify
is "$(awk 'NR > 1 { print $1 }' <<<"$stdout" | tr '\n' ' ')" 'gpu-0000-01-00.0 gpu-0000-03-00.0 pci-0000-01-00.1 ' \
	'knows them, before the reboot'
rm "$tree"/etc/vfioadm/claims.d/*
exits 0 'with --update-initramfs' live --update-initramfs
is "$(ran)" 'update-initramfs -u -k all;' 'the initramfs is made'

if ! command -v strace >/dev/null; then
	[ -z "${CI-}" ] || { not_ok 'strace is installed' true; exit 1; }
	echo "$0: SKIPPED in part: no strace here; run   contrib/install-packages check" >&2
	skip 'failures and kills in between' 'no strace here'
	done_testing
fi
# Each claim is synchronized, renamed into its place, and its directory synchronized.
# A leak check traces the program, which one tracer already does.
at_sync() { ASAN_OPTIONS=detect_leaks=0 on_host strace -qq -o /dev/null -e trace=fsync -e "inject=fsync:$2:when=$1" vfioadm claim import; }
# fails CODE DESCRIPTION WHEN MESSAGE
fails() {
	rm -f "$tree"/etc/vfioadm/claims.d/*
	exits "$1" "$2" at_sync "$3" error=EIO
	like "$stderr" "$4" 'says what is left'
	is "$(files)" "$before" 'all is as before'
	is "$(ls "$tree/run/vfioadm/claims")" '' "and udev's marks are"
}
fails 1 'the first claim cannot be written' 1 'nothing was changed'
fails 1 'the first claim is written, with an error' 2 'nothing was changed'
fails 4 'the second claim cannot be written' 3 'the claims written before it were removed again'
fails 4 'the last claim is written, with an error' 6 'the claims written before it were removed again'
for n in 1 2 3 4 5 6; do
	rm -f "$tree"/etc/vfioadm/claims.d/*
	{ at_sync $n signal=SIGKILL; } >/dev/null 2>&1
	run live
	is "$status $(files)" "0 $after" "killed at $n: another one does the rest"
done
done_testing
