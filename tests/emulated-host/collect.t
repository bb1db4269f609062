#!/bin/bash
# machine: acs-off
# A capture of a real kernel's host says offline what the host says.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

exits 0 'bind of the network card, for status to have something to say' vfioadm bind 02:00.0 --group
exits 0 'collect' vfioadm collect /run/host.tar
is "$stderr" '' 'reads everything, as root'
mkdir /run/copy
ok 'it unpacks' tar -C /run/copy -xf /run/host.tar

while read -r verb; do
	# shellcheck disable=SC2086 # words
	run vfioadm $verb
	here="$status $stdout $stderr"
	# shellcheck disable=SC2086
	run vfioadm --root /run/copy $verb
	is "$status $stdout $stderr" "$here" "$verb says the same of the capture"
done <<-'END'
	list
	list --all --json
	check 01:00.0 --json
	check 00:02.0
	bind -n 01:00.0 --group
	status --json
END

hostname=$(uname -n)
not_ok 'no host name is in it' grep -aqw -e "$hostname" /run/host.tar
for address in /sys/class/net/*/address; do
	not_ok "nor the address of $address" grep -aqi -e "$(cat "$address")" /run/host.tar
done
exits 0 'collect, as someone else' setpriv --reuid=65534 --regid=65534 --clear-groups \
	vfioadm collect /tmp/host.tar
like "$stderr" 'files could not be read in full' 'says that it is not all'
done_testing
