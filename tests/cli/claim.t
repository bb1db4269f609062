#!/bin/bash
# claim on made-up hosts: what is listed and verified, what add would write, and what it refuses.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"

json() { jq -r "$1" <<<"$stdout"; }
# shellcheck disable=SC2317 # exits calls it
claim() { "$VFIOADM" --root "$tree" claim "$@"; }
written() { sed -n '/^would write/,$p' <<<"$stdout" | grep -v '^#'; }
claim_file() {
	mkdir -p "$tree/etc/vfioadm/claims.d"
	printf '[claim]\naddress=%s\nids=%s\n' "$2" "$3" >"$tree/etc/vfioadm/claims.d/$1.conf"
}

usual_host
exits 0 'list without claims' claim list
is "$stdout" '' 'prints nothing'
exits 0 'verify without claims' claim verify --json
is "$(json '.verdict, (.claims | length)')" 'won
0' 'finds nothing lost'

claim_file gpu 01:00.0 1002:5159
exits 0 'list' claim list
is "$stdout" 'NAME  ADDRESS       STATE           IDS        FUNCTIONS  FILE
gpu   0000:01:00.0  lost to radeon  1002:5159  slot       /etc/vfioadm/claims.d/gpu.conf' 'shows all'
exits 3 'verify' claim verify
is "$stdout" 'NAME  ADDRESS       STATE
gpu   0000:01:00.0  lost to radeon' 'says who has it'
exits 0 'check' "$VFIOADM" --root "$tree" check 01:00.0 --json
like "$(json '.findings[].id')" claim-lost 'finds it'

claim_file moved 02:00.0 1002:5159
exits 3 'check of a device that has other ids' "$VFIOADM" --root "$tree" check 02:00.0 --json
like "$(json '.findings[] | select(.id == "wrong-device") | .message')" \
	'moved is for 1002:5159, but a device 8086:10d3' 'names both'
exits 3 'verify' claim verify --json
is "$(json '.claims[] | [.name, .state, .lost_to] | map(. // "-") | join(" ")')" 'gpu lost radeon
moved ids-differ -' 'tells them apart'
rm "$tree/etc/vfioadm/claims.d/moved.conf"

echo 'quiet vfioadm.claim=off' >"$tree/proc/cmdline"
exits 0 'verify with vfioadm.claim=off' claim verify
like "$stdout" 'gpu +0000:01:00.0 +off' 'says off'
rm "$tree/proc/cmdline"

printf '[claim]\nadress=01:00.0\n' >"$tree/etc/vfioadm/claims.d/typo.conf"
exits 3 'verify with a file in error' claim verify
like "$stderr" 'claim typo: /etc/vfioadm/claims.d/typo.conf:2: adress: unknown key.*did you mean address' 'names it'
like "$stdout" '^gpu' 'and shows the others'
exits 0 'check' "$VFIOADM" --root "$tree" check 01:00.0 --json
like "$(json '.findings[].id')" claim-unusable 'finds it, too'

rm "$tree"/etc/vfioadm/claims.d/*
before=$(snapshot)
exits 0 'add --dry-run' claim add 01:00.0 -n
like "$stdout" 'IOMMU group 2: 0000:01:00.0 0000:01:00.1' 'shows the group'
is "$(written)" 'would write /etc/vfioadm/claims.d/gpu-0000-01-00.0.conf:
[claim]
address=0000:01:00.0
ids=1002:5159
functions=slot
driver=vfio-pci' 'and the file'
exits 0 'add of a whole slot' claim add 01:00 --name card --dry-run
like "$(written | tr '\n' ' ')" 'claims.d/card.conf:.*address=0000:01:00.0' 'is a claim on its GPU'
exits 0 'add of one function' claim add 01:00.1 --functions only -n
like "$(written | tr '\n' ' ')" 'claims.d/pci-0000-01-00.1.conf:.*functions=only' 'says so'
exits 3 'add of a bridge' claim add 00:1c.0 -n
like "$stderr" 'refused.*\[not-an-endpoint\]' 'is refused'
exits 3 'add of the boot GPU' claim add 00:02.0 -n
like "$stderr" 'refused.*\[boot-gpu\]' 'is refused'
exits 0 'add of it, in spite of that' claim add 00:02.0 -n --allow boot-gpu
like "$stdout" 'boot-gpu=yes' 'is written down'
exits 1 'add of nothing' claim add 07:00.0 -n
exits 2 'add of no address' claim add gpu -n
for name in 1st cmdline a/b "$(printf '%064d' 0 | tr 0 a)"; do
	exits 2 "--name ${name:0:8}" claim add 01:00.0 -n --name "$name"
	like "$stderr" 'not a name for a claim' 'is refused'
done
exits 2 'add without --dry-run in a tree' claim add 01:00.0
exits 2 'apply in a tree' claim apply
exits 2 'remove in a tree' claim remove gpu
exits 2 'a misspelt action' claim veryfy
like "$stderr" 'did you mean verify' 'is guessed'
exits 2 'an option of another action' claim list --early
like "$stderr" 'claim list: it has no option --early' 'is refused by name'
exits 2 'too little' claim add
exits 2 '--functions' claim add 01:00.0 -n --functions all
is "$(snapshot)" "$before" 'nothing was changed by any of these'

claim_file gpu 01:00.0 1002:5159
exits 0 'add of what is claimed' claim add 01:00.0 -n --name other
like "$stderr" 'nothing to do: /etc/vfioadm/claims.d/gpu.conf claims it already' 'is nothing to do'
exits 1 'add in another way' claim add 01:00.0 -n --functions only
like "$stderr" 'claim remove gpu first' 'names what is in the way'

# What makes the next boot know, on hosts of each kind: next_step SIGN...
next_step() {
	usual_host
	local sign
	for sign; do
		mkdir -p "$tree/${sign%/*}"
		: >"$tree/$sign"
	done
	run claim add 01:00.0 -n
	sed -n 's/^vfioadm: //p' <<<"$stderr"
}
next_boot='for the next boot to know, run  '
like "$(next_step)" 'no initramfs generator is known here' 'a host of no known kind'
is "$(next_step usr/sbin/update-initramfs usr/bin/dracut)" "$next_boot update-initramfs -u -k all" 'Debian'
is "$(next_step usr/bin/dracut)" "$next_boot dracut --force --regenerate-all" 'Fedora'
like "$(next_step usr/bin/mkinitcpio)" "^$next_boot mkinitcpio -P; .* HOOKS" 'Arch'
like "$(next_step run/ostree-booted usr/bin/rpm-ostree usr/bin/dracut)" \
	"^$next_boot rpm-ostree initramfs-etc --force-sync --track=/etc/vfioadm/claims.d; then reboot" \
	'an rpm-ostree host: its dracut could not write'
like "$(next_step run/ostree-booted usr/bin/rpm-ostree)" 'run once before that   rpm-ostree initramfs --enable$' \
	'and what a layered package needs'
like "$(next_step run/ostree-booted usr/bin/bootc usr/bin/dracut)" \
	"the claim into the image's /usr/lib/vfioadm/claims.d" 'another image'
like "$(next_step usr/sbin/transactional-update usr/bin/dracut)" "^$next_boot transactional-update initrd; then reboot" \
	'a host of snapshots'
done_testing
