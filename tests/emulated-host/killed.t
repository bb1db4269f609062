#!/bin/bash
# machine: radeon
# timeout: 900
# kill -9 at each line of the journal, before and after each change: recover, and everything is as
# it was before the verb.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
exits 0 'a first bind loads the modules' vfioadm bind 01:00.0
bound=$(host_state)
exits 0 'unbind' vfioadm unbind 01:00.0

# kill_everywhere VERB STATE RECORDS: the state and the number of records before the verb
kill_everywhere() {
	local verb=$1 state=$2 records=$3 n
	for ((n = 1; ; n++)); do
		kill_at $n "$verb" 01:00.0
		[ $killed -ne 0 ] || break
		is "$killed $(test -e /run/vfioadm/journal && echo journal)" '137 journal' \
			"$verb, killed at line $n, leaves a journal"
		exits 0 'recover' vfioadm recover
		is "$(host_state)" "$state" 'everything is as before'
		is "$(left_behind | wc -l)" "$records" 'records too, and no journal'
	done
	lines=$((n - 1))
}

kill_everywhere bind "$before" 0
is "$lines" 18 'a bind of two functions writes 18 lines: 9 steps, begun and done'
is "$(host_state)" "$bound" 'the bind that was not killed is done'
kill_everywhere unbind "$bound" 2
is "$lines" 20 'an unbind writes 20: 10 steps, begun and done'
is "$(host_state)$(left_behind)" "$before" 'the unbind that was not killed is done'
done_testing
