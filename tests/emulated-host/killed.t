#!/bin/bash
# machine: radeon
# timeout: 600
# kill -9 in the middle of bind or unbind: recover, and everything is as before or as asked for. The
# unit tests kill at every step; here it is the real kernel, and whatever moment the kill comes at.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
exits 0 'a first bind loads the modules' vfioadm bind 01:00.0
bound=$(host_state)
exits 0 'unbind' vfioadm unbind 01:00.0

# Kill a verb as soon as the journal has so many marks; its writer child may have one write to end.
kill_at() {
	local marks=$1 verb=$2 pid made
	vfioadm "$verb" 01:00.0 2>/dev/null &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		made=$(grep -cE '^(begun|done) ' /run/vfioadm/journal 2>/dev/null)
		if [ "${made:-0}" -ge "$marks" ]; then
			kill -9 $pid
			break
		fi
	done
	wait $pid 2>/dev/null
	killed=$?
	eventually 20 sh -c '! pgrep -x vfioadm-helper' || echo '# a writer is left'
}

interrupted=0
for verb in bind unbind; do
	for marks in 1 4 7 10 13 16; do
		[ $verb = bind ] || vfioadm bind 01:00.0 2>/dev/null
		kill_at $marks $verb
		[ ! -e /run/vfioadm/journal ] || interrupted=$((interrupted + 1))
		exits 0 "recover after $verb was killed at mark $marks (status $killed)" vfioadm recover
		case $(host_state) in
		"$before") ok 'all is as before' test -z "$(left_behind)" ;;
		"$bound") ok 'all is bound, and recorded' test "$(left_behind | wc -l)" -eq 2 ;;
		*) is "$(host_state)" "$before" 'all is as before, or bound' ;;
		esac
		vfioadm unbind 01:00.0 2>/dev/null
		is "$(host_state)$(left_behind)" "$before" 'and unbind leaves all as before'
	done
done
diag "$interrupted of 12 were interrupted with a journal left"
ok 'at least a third were really interrupted' test $interrupted -ge 4
done_testing
