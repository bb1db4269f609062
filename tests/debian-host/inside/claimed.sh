# shellcheck shell=bash disable=SC2154,SC2086 # $gpu, $audio and drivers are devices.sh's
# What a boot is like after which a claim of one of two cards has won: of the first one, or of the other
# with the word "second" on the kernel command line.

other=0000:02:00.0 other_audio=0000:02:00.1
if grep -qw second /proc/cmdline; then
	other=$gpu other_audio=$audio gpu=0000:02:00.0 audio=0000:02:00.1
fi

# The line of the kernel log that matches first: its number, or nothing
log_line() { dmesg | grep -nE -m 1 -e "$1" | cut -d : -f 1; }

# before PATTERN PATTERN: both are in the kernel log, the first one earlier
before() {
	local first second
	first=$(log_line "$1") second=$(log_line "$2")
	[ -n "$first" ] && [ -n "$second" ] && [ "$first" -lt "$second" ]
}

the_claim_won() {
	is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'vfio-pci holds the claimed card and its sound function'
	is "$(drivers $other $other_audio)" 'radeon snd_hda_intel ' 'its twin is with its usual drivers'
	ok 'the node of the group is there' test -c "/dev/vfio/$(group $gpu)"
	never_touched
}

# log PATTERN: what the kernel log has of it
log() { dmesg | grep -E -e "$1"; }

never_touched() {
	like "$(log radeon)" "radeon $other: " 'the kernel log has radeon on the twin'
	is "$(log "(radeon|snd_hda_intel) ${gpu%.0}|Initialized radeon .*$gpu")" '' \
		'and never on the claimed card or its sound'
	ok 'the claim came before radeon was there' before "vfioadm: claim" 'radeon kernel modesetting enabled'
}

the_host_is_up() {
	is "$(systemctl is-active multi-user.target)" active 'the host comes up'
	is "$(log 'BUG:|Oops|refcount_t|Call Trace')" '' 'the kernel has nothing to complain of'
}

# The time that the claim took in the initramfs, if the image has the marks of debian_measure.
tell_time() {
	dmesg | awk -F '[][]' '/vfioadm-test: before the claim/ { a = $2 } /vfioadm-test: after the claim/ { b = $2 }
		END { if (b) printf "# the early claim took %.0f ms of the first %.1f s\n", (b - a) * 1000, b }'
}

# What setup could change, with modes and texts, but for the initramfs.
setup_files() {
	find /etc/vfioadm /etc/default /etc/kernel /var/lib/vfioadm -type f -printf '%p %m %u %g\n' -exec cat {} \; 2>/dev/null | sort
}
