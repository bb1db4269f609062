#!/bin/bash
# What the mkinitcpio hook asks for, in both forms of image. Debian does not package mkinitcpio: this
# is not a real image but the hook's functions, under a stand-in of the functions that mkinitcpio
# documents for hooks.
# shellcheck disable=SC2016 # what is quoted is for other shells
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

stage=$tap_dir/stage
ok 'make install' make -s -C "$here" install-early-boot DESTDIR="$stage" PREFIX=/usr SYSCONFDIR="$tap_dir/etc"
install=$stage/usr/lib/initcpio/install/vfioadm
sed -i "s,/usr/lib/vfioadm/claims.d,$tap_dir&," "$install"
hook=$stage/usr/lib/initcpio/hooks/vfioadm
claims=$tap_dir/etc/vfioadm/claims.d vendor=$tap_dir/usr/lib/vfioadm/claims.d
mkdir -p "$claims" "$vendor"

# The program that the hook asks, and its answer, which is another test's.
sed -i "s,/usr/sbin/vfioadm --help,$VFIOADM --help," "$install"
ok 'the program says which libraries it opens' "$VFIOADM" --help=libraries
libraries=$("$VFIOADM" --help=libraries | sed 's/^/add_binary /')

# Each of the stand-in's functions writes down what it was asked for, in the order of asking.
cat >"$tap_dir/stand-in" <<'END'
for name in add_module add_binary add_file add_udev_rule add_systemd_unit add_runscript add_symlink; do
	eval "$name() { echo $name \"\$@\"; }"
done
END

# image HOOK...: what build() of the hook asks for in an image with these HOOKS
# shellcheck disable=SC2317 # called by exits
image() {
	bash -euc '
		HOOKS=("${@:3}")
		source "$1"
		source "$2"
		build' sh "$tap_dir/stand-in" "$install" "$@"
}
in_common="add_module vfio_pci
add_module vfio_iommu_type1
add_binary /usr/sbin/vfioadm
$libraries
add_file /usr/lib/udev/rules.d/60-vfioadm.rules"

exits 0 'a busybox image without claims' image base udev autodetect modconf kms vfioadm block filesystems
is "$stdout" "$in_common
add_runscript" 'gets modules, program, libraries, rule and the runtime hook, and no unit'

echo >"$claims/guest.conf"
echo >"$claims/README"
echo >"$vendor/image.conf"
ln -s /dev/null "$claims/image.conf"
exits 0 'an image with systemd' image base systemd autodetect modconf kms vfioadm block filesystems
is "$stdout" "$in_common
add_file $claims/guest.conf
add_symlink $claims/image.conf /dev/null
add_file $vendor/image.conf
add_systemd_unit vfioadm-early.service
add_symlink /usr/lib/systemd/system/sysinit.target.wants/vfioadm-early.service\
 /usr/lib/systemd/system/vfioadm-early.service" \
	'gets the claims of both directories, and the unit in the place of the hook'
ok 'help' bash -euc 'source "$1"; help' sh "$install"

# mkinitcpio's init runs the early hooks of all HOOKS, then loads MODULES, and then runs the other hooks,
# where udev loads what it finds: only an early hook is early enough.
is "$(sed -n 's/^\(run_[a-z]*\)().*/\1/p' "$hook")" run_earlyhook 'the runtime hook has an early hook and no other'
mkdir -p "$tap_dir/bin"
# shellcheck disable=SC2016 # for the shell of the stand-in
printf '#!/bin/sh\necho "$0" "$@"\nexit 1\n' >"$tap_dir/bin/vfioadm"
chmod +x "$tap_dir/bin/vfioadm"
sed "s|/usr/sbin/|$tap_dir/bin/|" "$hook" >"$tap_dir/hook"
exits 0 'the early hook succeeds, whatever vfioadm does' sh -uc '. "$1"; run_earlyhook' sh "$tap_dir/hook"
is "$stdout" "$tap_dir/bin/vfioadm claim apply --early" 'and has made the claims'

unit=$stage/usr/lib/systemd/system/vfioadm-early.service
like "$(grep '^Before=' "$unit" | tr '\n' ' ')" 'systemd-modules-load.service.* systemd-udev-trigger.service.*sysinit.target' \
	'the unit is before MODULES are loaded and before udev looks for devices'
ok 'and waits for nothing' grep -q '^DefaultDependencies=no' "$unit"
is "$(sed -n 's/^ExecStart=//p' "$unit")" '/usr/sbin/vfioadm claim apply --early' 'and makes the claims'
done_testing
