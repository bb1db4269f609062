#!/bin/bash
# machine: radeon
# timeout: 600
# test-modules: yes
# Hostile callers of what changes the host: closed descriptors, limits, an environment as sudo may keep it,
# clocks that jump. All is done, or nothing.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh
# shellcheck source=tests/emulated-host/drivers.sh
. tests/emulated-host/drivers.sh

settle_card

nothing_changed() { is "$(host_state)$(left_behind)" "$before" "$1: nothing is changed"; }
there_and_back() {
	is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' "$1: the card is bound"
	exits 0 'unbind' vfioadm unbind 01:00.0
	is "$(host_state)$(left_behind)" "$before" 'and all is back'
}

# The result goes to standard output: where that is not there, all is done and it says so.
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	code=0
	case $closed in *'>&- '* | '>&-') code=5 ;; esac
	exits $code "bind $closed: exit code $code" sh -c "exec vfioadm bind 01:00.0 $closed"
	there_and_back "bind $closed"
done
exits 5 'bind to a full standard output' sh -c 'exec vfioadm bind 01:00.0 >/dev/full'
like "$stderr" 'standard output: cannot write.*all was done' 'says that it is done'
there_and_back 'a full standard output'
mkfifo /run/no-reader
exits $((128 + 13)) 'bind to a reader that was gone before the first change ends of that' bash -c \
	'exec 3<>/run/no-reader 2>/run/no-reader 3<&-; exec vfioadm -v bind 01:00.0'
nothing_changed 'a reader that goes early'
exits 0 'bind to a reader that goes after the first change' bash -c \
	'vfioadm -v bind 01:00.0 2> >(grep -q "write vfio-pci to .*driver_override")'
there_and_back 'a reader that goes late'

exits 1 'bind where no file may grow' bash -c 'ulimit -f 0; exec vfioadm bind 01:00.0'
nothing_changed 'no file may grow'
for files in 7 9 11 13 16; do
	run bash -c "ulimit -n $files; exec vfioadm bind 01:00.0"
	case $status in
	0) there_and_back "$files descriptors" ;;
	1 | 4)
		like "$stderr" '^vfioadm: .*Too many open files' "$files descriptors: says what is missing"
		nothing_changed "$files descriptors, exit code $status"
		;;
	*) is $status '0, 1 or 4' "with $files descriptors" ;;
	esac
done

# What a caller of sudo may have set; none of it is ours to believe.
mkdir -p /run/caller
cat >/run/caller/modprobe <<'END'
#!/bin/sh
touch /run/caller/was-run
END
chmod 755 /run/caller/modprobe
for name in udevadm systemctl lspci qemu-system-x86_64; do cp /run/caller/modprobe /run/caller/$name; done
exits 0 'an environment of a caller of sudo' env -i PATH=/run/caller:/usr/bin HOME=/run/caller LANG=tr_TR.UTF-8 \
	LC_ALL=xx_XX TMPDIR=/nowhere XDG_RUNTIME_DIR=/run/caller NOTIFY_SOCKET=/run/caller/none LISTEN_FDS=3 \
	LISTEN_PID=1 MODPROBE_OPTIONS=--remove SYSTEMD_LOG_LEVEL=debug UDEV_LOG=debug KMOD_LOG=7 \
	VFIOADM_ROOT=/run/caller SUDO_USER=nobody SUDO_UID=65534 MALLOC_PERTURB_=165 /usr/sbin/vfioadm bind 01:00.0
there_and_back 'an environment of a caller of sudo'
not_ok 'none of its programs were run' test -e /run/caller/was-run

now=$(date +%s)
exits 0 'a clock in 2106' date -s @4294967296
exits 0 'bind' vfioadm bind 01:00.0
# The kernel wants its time since the boot to fit in.
exits 0 'a clock in 1970' date -s @100000
exits 0 'status in 1970' vfioadm status --json
is "$(json '.held | length')" 2 'shows what is held'
there_and_back 'a clock that jumps'
date -s "@$now" >/dev/null

exits 1 'bind as nobody' setpriv --reuid=65534 --regid=65534 --clear-groups vfioadm bind 01:00.0
like "$stderr" '^vfioadm: bind: only root can do this' 'is told why not'
nothing_changed 'nobody'
unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
