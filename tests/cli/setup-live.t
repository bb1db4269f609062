#!/bin/bash
# setup as root on a made-up host that it may write to: what it writes and runs, what a failure or a kill at
# any point leaves, and that --continue and --undo end it well.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"
# shellcheck source=tests/cli/live-host.sh
. "$here/live-host.sh"

claim=/etc/vfioadm/claims.d/gpu-0000-01-00.0.conf guest=/etc/vfioadm/guests/lin.conf
grub=/etc/default/grub record=/var/lib/vfioadm/setup/record.json
all=(--gpu 01:00.0 --boot-loader grub --update-initramfs --guest lin --template linux --yes)

unused_iommu
live_host
printf '# as installed\nGRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n' >"$tree$grub"
chmod 640 "$tree$grub"

# shellcheck disable=SC2317 # exits calls it
setup() { on_host vfioadm setup "$@"; }

# What setup could have changed, with modes and texts. A kill before there is a record can leave its
# temporary file, which the next record takes the place of.
files() {
	(cd "$tree" && find etc var -type f ! -name .record.json.new -printf '%p %m\n' -exec cat {} \; | sort)
}
before=$(files)

exits 0 'setup' setup "${all[@]}"
like "$stdout" "Next: .*reboot, then +vfioadm setup --continue" 'what comes next is said'
is "$(ran)" 'update-initramfs -u -k all;update-grub;' 'makes initramfs and menu anew, in this order'
is "$(cat "$tree$grub")" '# as installed
GRUB_DEFAULT=0
GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on"' "changes GRUB's file"
is "$(cat "$tree$grub.vfioadm-old")" "$(sed 's/ intel_iommu=on//' "$tree$grub")" 'keeps what it was'
is "$(stat -c %a "$tree$grub" "$tree$grub.vfioadm-old" | tr '\n' ' ')" '640 640 ' 'both with its mode'
like "$(cat "$tree$claim")" '^ids=1002:5159$' 'writes the claim'
like "$(cat "$tree$guest")" '^address=0000:01:00.1$' 'and the guest file'
is "$(stat -c %a "$tree$record")" 600 'the record is for root alone'
ok "udev's mark is there" test -e "$tree/run/vfioadm/claims/0000:01:00.0"
after=$(files)
exits 1 'a second one' setup "${all[@]}"
like "$stderr" 'there is one already, for 0000:01:00.0' 'is refused'
exits 1 '--continue in the same boot' setup --continue
like "$stderr" 'has not been booted since' 'says so'

# The reboot, as if nothing had come about; then as if the host had its word and the card.
echo 33-44 >"$tree/made/boot_id"
exits 3 '--continue where nothing came about' setup --continue
for what in 'kernel command line: intel_iommu=on did not arrive' 'IOMMU: .*\[iommu-off\]' \
	'claim gpu-0000-01-00.0: lost to radeon' 'guest lin: .*linux.qcow2'; do
	like "$stdout" "^FAIL  $what" "${what%%:*}"
done
is "$(grep -c '^FAIL' <<<"$stdout")" "$(grep -c '^      next: ' <<<"$stdout")" 'each with what to do about it'
echo 11-22 >"$tree/made/boot_id"

exits 2 '--undo where nobody can be asked' setup --undo
like "$stderr" '--yes: is needed' 'needs consent'
is "$(files)" "$after" 'and does nothing without'
sed -i 's/^memory=.*/memory=1G/' "$tree$guest"
exits 0 '--undo' setup --undo --yes
is "$(ran)" 'update-initramfs -u -k all;update-grub;' 'makes initramfs and menu anew, too'
like "$stderr" "$guest: was edited since setup wrote it, and stays" 'leaves the guest file, which was edited since'
rm "$tree$guest"
is "$(files)" "$before" 'and all else is as before'
not_ok "udev's mark is gone" test -e "$tree/run/vfioadm/claims/0000:01:00.0"

run setup "${all[@]}"
sed -i 's/quiet/quiet splash/' "$tree$grub"
exits 5 '--undo where GRUB was edited since' setup --undo --yes
like "$stderr" "$grub: was edited since setup wrote it.*as it was before: $grub.vfioadm-old" 'names it, and the copy'
like "$(cat "$tree$grub")" 'quiet splash intel_iommu=on' 'and leaves it'
not_ok 'the claim is gone even so' test -e "$tree$claim"
exits 0 'another --undo' setup --undo
like "$stderr" 'nothing to undo' 'has nothing to do'
mv "$tree$grub.vfioadm-old" "$tree$grub"
rm -f "$tree/tmp/ran"
is "$(files)" "$before" 'now all is as before'

# A command that fails.
echo 'exit 7' >"$tree/tmp/behave"
exits 5 'update-grub fails' setup "${all[@]}"
like "$stderr" 'update-grub: ended with status 7' 'is told'
rm "$tree/tmp/behave" "$tree/tmp/ran"
exits 0 '--continue once that is mended' setup --continue
is "$(ran)" 'update-grub;' 'runs what had not run'
is "$(files)" "$after" 'and all is as after a setup'
run setup --undo --yes
is "$(files)" "$before" 'which --undo takes back'
rm -f "$tree/tmp/ran"

if ! command -v strace >/dev/null; then
	[ -z "${CI-}" ] || { not_ok 'strace is installed' true; exit 1; }
	echo "$0: SKIPPED in part: no strace here; run   contrib/install-packages check" >&2
	skip 'failures and kills in between' 'no strace here'
	done_testing
fi

# Each file is written, synchronized, renamed into its place, and its directory synchronized: each second
# of these is before the rename, the others after it. at_sync N WHAT ARGUMENT...
at_sync() {
	local when=$1 what=$2
	shift 2
	# A leak check traces the program, which one tracer already does.
	ASAN_OPTIONS=detect_leaks=0 on_host strace -qq -o /dev/null -e trace=fsync -e "inject=fsync:$what:when=$when" vfioadm setup "$@"
}
expect_failure() {
	exits "$1" "$2" at_sync "$3" error=EIO "${all[@]}"
	like "$stderr" "$4: cannot be written: Input/output error; $5" 'says what, and what is left of it'
	is "$(files)" "$before" 'all is as before'
}
nothing='nothing was changed' all_back='everything was put back'
expect_failure 1 'the record cannot be written' 1 $record "$nothing"
expect_failure 1 'the record is written, with an error' 2 $record "$nothing"
expect_failure 1 'the claim cannot be written' 3 $claim "$nothing"
expect_failure 4 'the claim is written, with an error' 4 $claim "$all_back"
expect_failure 4 "GRUB's file cannot be written" 7 $grub "$all_back"
expect_failure 4 "GRUB's file is written, with an error" 8 $grub "$all_back"
expect_failure 4 'the guest file cannot be written' 9 $guest "$all_back"
not_ok 'no command was run for any of these' test -e "$tree/tmp/ran"

# Killed at each: --undo takes back what there is, --continue does the rest.
for ((n = 1; n < 30; n++)); do
	{ at_sync $n signal=SIGKILL "${all[@]}"; } >/dev/null 2>&1 && break
	run setup --undo --yes
	is "$status $(files)" "0 $before" "killed at $n: --undo takes back what there is"
	{ at_sync $n signal=SIGKILL "${all[@]}"; } >/dev/null 2>&1
	run setup --continue
	case $n in
	1) is "$status $(files)" "1 $before" 'killed before there is a record: --continue has nothing' ;;
	14) is "$status $(files)" "1 $after" 'killed when all is done: --continue waits for the reboot' ;;
	*) is "$status $(files)" "0 $after" "killed at $n: --continue does the rest" ;;
	esac
	run setup --undo --yes
	is "$status $(files)" "0 $before" 'and --undo takes that back'
done
is "$n" 15 'a setup writes 7 files: the record, 3 and a copy, and the record after each of 2 commands'
is "$(files)" "$after" 'the one that was not killed is done'

# An undo that is killed.
for ((n = 1; n < 30; n++)); do
	{ at_sync $n signal=SIGKILL --undo --yes; } >/dev/null 2>&1 && break
	run setup --undo --yes
	is "$status $(files)" "0 $before" "--undo killed at $n: another one does the rest"
	run setup "${all[@]}"
done
is "$n" 12 "an undo writes 4 files: the record, GRUB's, and the record after each of 2 commands; and removes 3"
is "$(files)" "$before" 'the one that was not killed is done'
run setup "${all[@]}"
{ at_sync 4 signal=SIGKILL --undo --yes; } >/dev/null 2>&1
exits 1 '--continue of an undo that was killed' setup --continue
like "$stderr" 'run +vfioadm setup --undo +again' 'is refused'
exits 0 'but --undo again' setup --undo --yes
is "$(files)" "$before" 'takes back the rest'
done_testing
