#!/bin/bash
# setup on made-up hosts: what each boot loader would be told, which answers are needed, and what --continue
# and --undo find.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"

# shellcheck disable=SC2317 # exits calls it
setup() { "$VFIOADM" --root "$tree" setup "$@" </dev/null; }

grub() {
	touch "$tree/usr/sbin/update-grub"
	cat >"$tree/etc/default/grub"
}

debian_grub() {
	grub <<-'END'
		# If you change this file, run 'update-grub' afterwards to update
		GRUB_DEFAULT=0
		GRUB_TIMEOUT=5
		GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`
		GRUB_CMDLINE_LINUX_DEFAULT="quiet splash"
		GRUB_CMDLINE_LINUX=""

		# Uncomment to disable graphical terminal
		#GRUB_TERMINAL=console
	END
}

unused_iommu
debian_grub
before=$(snapshot)
claim_diff='--- /dev/null
+++ b/etc/vfioadm/claims.d/gpu-0000-01-00.0.conf
@@ -0,0 +1,6 @@
+# made by vfioadm for Advanced Micro Devices, Inc. [AMD/ATI] RV100 [Radeon 7000 / Radeon VE]
+[claim]
+address=0000:01:00.0
+ids=1002:5159
+functions=slot
+driver=vfio-pci'

exits 0 'setup --dry-run with GRUB' setup -n --gpu 01:00.0 --boot-loader grub --guest none --update-initramfs
is "$stdout" "$claim_diff
--- a/etc/default/grub
+++ b/etc/default/grub
@@ -2,7 +2,7 @@
 GRUB_DEFAULT=0
 GRUB_TIMEOUT=5
 GRUB_DISTRIBUTOR=\`lsb_release -i -s 2> /dev/null || echo Debian\`
-GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"
+GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash intel_iommu=on\"
 GRUB_CMDLINE_LINUX=\"\"
 
 # Uncomment to disable graphical terminal
would run: update-initramfs -u -k all
would run: update-grub" 'prints every change, and no other'
like "$stderr" '^ +\|-\* 0000:01:00\.0  radeon ' 'the picture marks what is for the guest'
like "$stderr" '\[iommu-off\]' 'and what stands in the way is told'
is "$(awk 'length > 79' <<<"$stderr" | grep -c '^ *[|`]-')" 0 'the picture fits into 80 columns'

exits 0 'with a guest' setup -n --gpu 01:00 --boot-loader none --guest win --template windows
is "$(grep -A3 '^+\[hostdev' <<<"$stdout")" '+[hostdev gpu]
+address=0000:01:00.0
+
+[hostdev audio]
+address=0000:01:00.1
+
+[net nat]' 'the file has the card and its sound'
is "$(grep '^[-+][-+]' <<<"$stdout")" '--- /dev/null
+++ b/etc/vfioadm/claims.d/gpu-0000-01-00.0.conf
--- /dev/null
+++ b/etc/vfioadm/guests/win.conf' "and the boot loader's file stays"
like "$stderr" 'do this yourself: add intel_iommu=on to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run update-grub' \
	'what to do there by hand is said'
like "$stderr" 'for the next boot to know, run   update-initramfs' 'and for the initramfs'

# Each needs an answer where nobody can be asked.
answers=(--gpu 01:00.0 --boot-loader grub --guest win --template linux)
for ((i = 0; i < ${#answers[@]}; i += 2)); do
	exits 2 "without ${answers[i]}" setup -n "${answers[@]:0:i}" "${answers[@]:i+2}"
	like "$stderr" "setup: ${answers[i]} .*is needed" 'the option is named'
	is "$stdout" '' 'and nothing planned'
done
exits 0 'with all of them' setup -n "${answers[@]}"
for wrong in '--boot-loader lilo' '--template dos' '--guest 1st' '--guest a/b' '--gpu 01:00' '--gpu zz'; do
	# shellcheck disable=SC2086
	run setup -n "${answers[@]}" $wrong
	case $wrong in
	'--gpu 01:00') is "$status" 0 "$wrong: the slot's GPU" ;;
	*) is "$status" 2 "$wrong: wrong usage" ;;
	esac
done
exits 2 'a network card' setup -n "${answers[@]}" --gpu 02:00.0
like "$stderr" '02:00.0 is no GPU; vfioadm claim add' 'is no GPU'
exits 1 'a card that is not there' setup -n "${answers[@]}" --gpu 07:00.0
exits 2 'the boot loader of another host' setup -n "${answers[@]}" --boot-loader systemd-boot
like "$stderr" 'not the boot loader that is found here \(grub\)' 'is told from the one that is here'
exits 3 'the boot GPU' setup -n "${answers[@]}" --gpu 00:02.0
like "$stderr" 'refused.*\[boot-gpu\]' 'is refused'
exits 0 'the boot GPU with --allow' setup -n "${answers[@]}" --gpu 00:02.0 --allow boot-gpu
like "$stdout" '^\+boot-gpu=yes' 'is claimed as such'
exits 2 'without --dry-run in a tree' setup "${answers[@]}" --yes
like "$stderr" '--root is only for looking' 'nothing is written'
exits 2 '--continue with answers' setup -n --continue --gpu 01:00.0
like "$stderr" 'setup: --gpu does not go with --continue' 'names the one too much'
exits 2 '--continue and --undo' setup -n --continue --undo
exits 1 '--continue of nothing' setup -n --continue
exits 0 '--undo of nothing' setup -n --undo
like "$stderr" 'nothing to undo' 'says so'
is "$(snapshot)" "$before" 'nothing was changed by any of these'

# At a terminal: script makes one.
at_terminal() { printf '%b' "$1" >"$tap_dir/keys"; run script -qec "'$VFIOADM' --root '$tree' setup -n" /dev/null <"$tap_dir/keys"; }
for keys in 'q\n' '' '\nq\n' '\nno\nq\n' '\nno\nn\nq\n' '\nno\nn\nwin\nq\n' '\nno\nn\nwin\n'; do
	at_terminal "$keys"
	is "$status" 1 "answers '$keys': stopped"
	like "$stdout" 'nothing was changed' 'with nothing changed'
	unlike "$stdout" '^\+\+\+' 'and nothing planned'
done
at_terminal '\nyes\n\nwin\nwindows\n'
is "$status" 0 'answers, and empty ones for what is in brackets'
like "$stdout" 'Which GPU.*\[0000:01:00.0, ' 'the GPU that the screen is not on is proposed'
for line in '\+address=0000:01:00.0' '\+GRUB_CMDLINE_LINUX_DEFAULT="quiet splash intel_iommu=on"' \
	'\+\+\+ b/etc/vfioadm/guests/win.conf' 'would run: update-initramfs' 'would run: update-grub'; do
	like "$(tr -d '\r' <<<"$stdout")" "^$line" "$line"
done
at_terminal '1\n07:00.0\n\nno\nno\nwin\nmac\nlinux\n'
is "$status" 0 'answers that are none are asked for again'
like "$stdout" '1: not a PCI address' 'after an address that is none'
like "$stdout" '07:00.0: there is no device' 'after one without a card'
like "$stdout" 'Say windows or linux' 'after a template that is none'
at_terminal '\ny\nmaybe\nno\n\nnone\n'
is "$status" 0 'y is no consent for the boot loader'
unlike "$stdout" '^\+GRUB' 'so it stays'
at_terminal '00:02.0\nno\n'
like "$stdout" 'WARNING: 0000:00:02.0' 'the boot GPU takes a warning and consent'
is "$status" 3 'which was not given'
at_terminal '00:02.0\nyes\nno\nno\nnone\n'
like "$stdout" '^\+boot-gpu=yes' 'or was given'
is "$(snapshot)" "$before" 'nothing was changed by any of these'

# A file that is not understood.
# shellcheck disable=SC2016 # it is the file's
grub <<<'GRUB_CMDLINE_LINUX_DEFAULT="quiet $MORE"'
exits 1 'GRUB, not certain' setup -n "${answers[@]}"
like "$stderr" '/etc/default/grub: line 1: .*expansions.*do it yourself: add intel_iommu=on' 'says why, and what to do'
exits 0 'when asked nothing about it' setup -n --gpu 01:00.0 --guest none
like "$stderr" 'the boot loader is left alone: /etc/default/grub: line 1' 'it is left alone'
unlike "$stdout" grub 'and not in the diff'
debian_grub
mkdir "$tree/etc/default/grub.d"
# shellcheck disable=SC2016 # it is the file's
echo 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=1G"' >"$tree/etc/default/grub.d/kdump.cfg"
exits 1 'GRUB with a file that is sourced later' setup -n "${answers[@]}"
like "$stderr" '/etc/default/grub.d/kdump.cfg changes GRUB_CMDLINE_LINUX' 'names it'
rm -r "$tree/etc/default/grub.d"

# What the kernel does not lack is not added.
no_word() {
	exits 0 "$1" setup -n --gpu 01:00.0 --guest none
	unlike "$stdout" 'iommu=|grub' "nothing is added"
}
echo 'quiet intel_iommu=on' >"$tree/proc/cmdline"
no_word 'the kernel was told'
echo 'quiet intel_iommu=off' >"$tree/proc/cmdline"
no_word 'the kernel was told not to'
like "$stderr" 'take intel_iommu=off out of' 'but what to take out is said'
echo quiet >"$tree/proc/cmdline"
rm "$tree/sys/firmware/acpi/tables/DMAR"
no_word 'the firmware has the IOMMU off'
like "$stderr" 'turn on VT-d in the firmware' 'but that is said'
touch "$tree/sys/firmware/acpi/tables/IVRS"
printf 'vendor_id\t: AuthenticAMD\nflags\t\t: fpu svm\n' >"$tree/proc/cpuinfo"
no_word 'AMD'
usual_host
no_word 'the IOMMU is on'
usual_host
mkdir -p "$tree/etc/default" "$tree/usr/sbin"
debian_grub
rm "$tree/sys/bus/pci/devices/0000:00:02.0/iommu_group"
exits 0 "Intel's GPU without a group" setup -n --gpu 00:02.0 --allow boot-gpu --boot-loader grub --guest none
like "$stdout" '^\+GRUB_CMDLINE_LINUX_DEFAULT=.*intel_iommu=on' 'needs the word even so'

# systemd-boot
unused_iommu
mkdir -p "$tree"/etc/kernel "$tree/usr/bin" "$tree/boot" "$tree"/lib/modules/6.1.0-1
touch "$tree/usr/bin/kernel-install" "$tree/boot/vmlinuz-6.1.0-1"
echo 'root=/dev/sda1 quiet' >"$tree/etc/kernel/cmdline"
exits 0 'systemd-boot with /etc/kernel/cmdline' setup -n --gpu 01:00.0 --boot-loader systemd-boot --guest none
is "$stdout" "$claim_diff
--- a/etc/kernel/cmdline
+++ b/etc/kernel/cmdline
@@ -1 +1 @@
-root=/dev/sda1 quiet
+root=/dev/sda1 quiet intel_iommu=on
would run: kernel-install add 6.1.0-1 /boot/vmlinuz-6.1.0-1" 'its words, and each kernel anew'
rm -r "$tree/etc/kernel"
mkdir -p "$tree/efi/loader/entries"
printf 'title Arch\noptions root=/dev/sda1\n' >"$tree/efi/loader/entries/arch.conf"
exits 0 'systemd-boot with entries' setup -n --gpu 01:00.0 --boot-loader systemd-boot --guest none
is "$stdout" "$claim_diff
--- a/efi/loader/entries/arch.conf
+++ b/efi/loader/entries/arch.conf
@@ -1,2 +1,2 @@
 title Arch
-options root=/dev/sda1
+options root=/dev/sda1 intel_iommu=on" 'the options of the entry'

# Hosts whose settings are made by something else: nothing but the claim is written.
touch "$tree/etc/NIXOS"
exits 0 'NixOS' setup -n --gpu 01:00.0 --guest none
is "$stdout" "$claim_diff" 'writes nothing of the boot loader'
like "$stderr" 'add intel_iommu=on to boot.kernelParams in /etc/nixos/configuration.nix, run nixos-rebuild boot' 'and says what to do'
mkdir -p "$tree/usr/bin"
touch "$tree/run/ostree-booted" "$tree/usr/bin/rpm-ostree"
exits 0 'rpm-ostree' setup -n --gpu 01:00.0 --guest none
is "$stdout" "$claim_diff" 'writes nothing of the boot loader'
like "$stderr" 'rpm-ostree kargs --append-if-missing="intel_iommu=on"' 'and names the command'
rm "$tree/usr/bin/rpm-ostree"
exits 0 'bootc' setup -n --gpu 01:00.0 --guest none
is "$stdout" "$claim_diff" 'writes nothing of the boot loader'
like "$stderr" "add intel_iommu=on to a file in the image's /usr/lib/bootc/kargs.d" 'and says where it belongs'
exits 1 'bootc with --update-initramfs' setup -n --gpu 01:00.0 --guest none --update-initramfs
like "$stderr" "into the image's /usr/lib/vfioadm/claims.d" 'says what to do instead'
unused_iommu
touch "$tree/usr/sbin/transactional-update"
debian_grub
exits 0 'MicroOS' setup -n --gpu 01:00.0 --guest none
is "$stdout" "$claim_diff" 'writes nothing of the boot loader'
like "$stderr" 'in /etc/default/grub, run transactional-update grub.cfg' 'and says what to do'

# A claim, a guest that are there.
usual_host
mkdir -p "$tree/etc/vfioadm"/{claims.d,guests}
printf '[claim]\naddress=01:00.0\nids=1002:5159\n' >"$tree/etc/vfioadm/claims.d/mine.conf"
exits 0 'what is claimed' setup -n --gpu 01:00.0 --guest none
is "$stdout" '' 'is not claimed again'
touch "$tree/etc/vfioadm/guests/win.conf"
exits 1 'a guest that is there' setup -n --gpu 01:00.0 --guest win --template linux
like "$stderr" 'guests/win.conf: there is a guest of this name already' 'is not overwritten'

# After the reboot: the record of a setup in the tree.
record() {
	jq -n --arg boot "$1" --arg grub "$(cat "$tree/etc/default/grub")
" --arg claim "$(cat "$tree/etc/vfioadm/claims.d/gpu.conf")
" --argjson ran "$2" '{ gpu: "0000:01:00.0", guest: null, word: "intel_iommu=on", boot_id: $boot, undoing: false,
		files: [ { part: "claim", path: "/etc/vfioadm/claims.d/gpu.conf", before: null, after: $claim },
			{ part: "boot-loader", path: "/etc/default/grub", before: "GRUB_DEFAULT=0\n", after: $grub } ],
		commands: [ { argv: ["update-grub"], done: $ran } ] }' >"$tree/var/lib/vfioadm/setup/record.json"
}
usual_host
mkdir -p "$tree"/{etc/vfioadm/claims.d,etc/default,usr/sbin,proc/sys/kernel/random,var/lib/vfioadm/setup}
printf '[claim]\naddress=01:00.0\nids=1002:5159\n' >"$tree/etc/vfioadm/claims.d/gpu.conf"
printf 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on"\n' | grub
echo 11-22 >"$tree/proc/sys/kernel/random/boot_id"
echo 'quiet' >"$tree/proc/cmdline"
record 11-22 true
exits 1 'setup while there is one' setup -n "${answers[@]}"
like "$stderr" 'there is one already, for 0000:01:00.0' 'says so'
exits 1 '--continue before the reboot' setup -n --continue
like "$stderr" 'has not been booted since' 'says so'
echo 33-44 >"$tree/proc/sys/kernel/random/boot_id"
exits 3 '--continue where nothing came about' setup -n --continue
is "$(grep -v next: <<<"$stdout")" 'FAIL  kernel command line: intel_iommu=on did not arrive
ok    IOMMU: on, group 2
FAIL  claim gpu: lost to radeon' 'says what'
is "$(grep -c '^      next: ' <<<"$stdout")" 2 'and what to do about each'
echo 'quiet intel_iommu=on' >"$tree/proc/cmdline"
for function in 0 1; do
	ln -sfn ../../../../../bus/pci/drivers/vfio-pci "$tree/sys/bus/pci/devices/0000:01:00.$function/driver"
done
exits 0 '--continue where all did' setup -n --continue
is "$(tail -n 1 <<<"$stdout")" 'All came about: the card is ready for a guest.' 'says so'
echo 'quiet intel_iommu=on vfioadm.claim=off' >"$tree/proc/cmdline"
exits 3 '--continue with claims off' setup -n --continue
like "$stdout" 'next: reboot without vfioadm.claim=off' 'says what to do'
rm -r "$tree/sys/bus/pci/devices/0000:01:00.0"
exits 1 '--continue without the card' setup -n --continue
like "$stderr" '0000:01:00.0.*no such|there is no device' 'says so'

undo_diff='--- a/etc/default/grub
+++ b/etc/default/grub
@@ -1,2 +1 @@
 GRUB_DEFAULT=0
-GRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on"
--- a/etc/vfioadm/claims.d/gpu.conf
+++ /dev/null
@@ -1,3 +0,0 @@
-[claim]
-address=01:00.0
-ids=1002:5159
would run: update-grub'
exits 0 '--undo' setup -n --undo
is "$stdout" "$undo_diff" 'prints all in reverse'
echo '# mine' >>"$tree/etc/default/grub"
exits 0 '--undo where a file was edited since' setup -n --undo
is "$stdout" "$(sed 1,5d <<<"$undo_diff")" 'leaves it alone'
like "$stderr" '/etc/default/grub: was edited since' 'and says so'
sed -i '$d' "$tree/etc/default/grub"

record 11-22 false
rm "$tree/etc/vfioadm/claims.d/gpu.conf"
exits 0 '--continue of one that was cut short' setup -n --continue
like "$stderr" 'cut short' 'says so'
is "$stdout" '--- /dev/null
+++ b/etc/vfioadm/claims.d/gpu.conf
@@ -0,0 +1,3 @@
+[claim]
+address=01:00.0
+ids=1002:5159
would run: update-grub' 'would do the rest'
jq '.undoing = true' "$tree/var/lib/vfioadm/setup/record.json" >"$tap_dir/record"
cp "$tap_dir/record" "$tree/var/lib/vfioadm/setup/record.json"
exits 1 '--continue of an undo' setup -n --continue
like "$stderr" 'vfioadm setup --undo   again' 'says what to do'
echo '{' >"$tree/var/lib/vfioadm/setup/record.json"
exits 1 'a damaged record' setup -n --undo
like "$stderr" 'record.json: not valid JSON' 'is named'
done_testing
