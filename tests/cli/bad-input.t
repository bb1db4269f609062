#!/bin/bash
# Bad input: one sentence that names it, the exit code of the contract, and nothing changed.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"

usual_host
before=$(snapshot)

# refused CODE PATTERN DESCRIPTION WORDS...: exit code, one line on standard error, and its text
refused() {
	local code=$1 pattern=$2 description=$3
	shift 3
	exits "$code" "$description: exit code $code" "$VFIOADM" "$@"
	like "$stderr" "$pattern" "$description: says so"
	is "$(grep -c '^vfioadm: ' <<<"$stderr")" 1 "$description: in one sentence"
	is "$stdout" '' "$description: no result"
}

dry() { refused "$1" "$2" "$3" --root "$tree" "$4" --dry-run "${@:5}"; }

dry 1 '^vfioadm: 07:00.0: there is no device' 'an address with no device' bind 07:00.0
dry 1 '^vfioadm: 07:00: there is no device' 'a slot with no device' bind 07:00
dry 1 '^vfioadm: 10de:1b80: no device has these ids' 'ids of no device' bind 10de:1b80
for address in 1:00.0 01:00.8 01:20.0 01:00.0.0 ' 01:00.0' 0000:01:00.0x gpu '' \
	0000:01:00: -- 123456789:01:00.0; do
	[ "$address" = -- ] && continue
	dry 2 'not a PCI address' "malformed address '$address'" bind "$address"
done
dry 2 'not a PCI address' 'an address of 10,000 characters' bind "$(printf '%010000d' 0)"
is "$(wc -c <<<"$stderr" | awk '{ print $1 < 300 }')" 1 'of which not all is repeated'
dry 2 'not a PCI address' 'a malformed address after an absent one' bind 07:00.0 1:00

function_at 0000:03:00.0 10de 1b80 030000 nouveau 5
function_at 0000:04:00.0 10de 1b80 030000 nouveau 6
before=$(snapshot)
dry 1 '2 devices have these ids: 0000:03:00.0, 0000:04:00.0' 'ids of two devices' bind 10de:1b80

exits 3 'a bridge: exit code 3' "$VFIOADM" --root "$tree" bind --dry-run 00:1c.0
like "$stderr" 'block: 0000:00:1c.0: this is a bridge.*\[not-an-endpoint\]' 'a bridge: says so'

refused 2 '^vfioadm: bnid: no such command: did you mean bind\?' 'a misspelt command' bnid 01:00.0
refused 2 '^vfioadm: --jsn: no such option: did you mean --json\?' 'a misspelt option' list --jsn
refused 2 'list: it has no option --group' "another command's option" list --group
refused 2 'bind: something is missing; usage: vfioadm bind DEVICE' 'no device' bind
refused 2 'list: that is too much' 'an argument too many' list 01:00.0
refused 2 'did you mean boot-gpu' 'a misspelt finding' bind --allow boot-gpuu 01:00.0
refused 2 '--timeout 0: say 1 to' 'a timeout of nothing' bind --timeout 0 01:00.0
refused 2 '--timeout 5s: say 1 to' 'a timeout with a unit' bind --timeout 5s 01:00.0
refused 2 '--timeout: it needs a value' 'a timeout without a value' bind 01:00.0 --timeout
refused 2 '/nowhere: cannot open' 'a host root that is not there' --root /nowhere list
refused 2 'bind: --root is only for looking' "changing another host's tree" --root "$tree" bind 01:00.0
refused 2 'unbind: --root is only' 'unbind of it' --root "$tree" unbind 01:00.0
refused 2 'launch: --root is only' 'launch on it' --root "$tree" launch guest

exits 2 'no command: exit code 2' "$VFIOADM"
like "$stderr" '^Usage: vfioadm' 'no command: prints the usage'

is "$(snapshot)" "$before" 'nothing was changed by any of these'

# Where there is really something to do, only root may do it.
cp "$VFIOADM" "$tap_dir/vfioadm" && chmod 755 "$tap_dir/vfioadm"
exits 0 'recover without a journal is nothing to do, even for others' as_nobody "$tap_dir/vfioadm" recover
exits 0 'others may list' as_nobody "$tap_dir/vfioadm" --root "$tree" list

done_testing
