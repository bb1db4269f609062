#!/bin/bash
# Every JSON document keeps to its schema in contrib/schema, whatever the host.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

# Debian's own Python, for which its jsonschema is installed.
python=/usr/bin/python3
if ! "$python" -c 'import jsonschema' 2>/dev/null; then
	[ -n "${CI-}" ] || skip_all 'no jsonschema for Python: contrib/install-packages check'
fi

# keeps SCHEMA ARGUMENT...: what vfioadm prints for the arguments keeps to it
keeps() {
	local schema=$here/contrib/schema/$1.schema.json
	shift
	"$VFIOADM" --root "$tree" "$@" --json >"$tap_dir/document" 2>/dev/null
	ok "$*" "$python" -W ignore -m jsonschema -i "$tap_dir/document" "$schema"
}

breaks() {
	"$VFIOADM" --root "$tree" list --json | jq "$2" >"$tap_dir/document"
	not_ok "$1 is noticed" "$python" -W ignore -m jsonschema -i "$tap_dir/document" \
		"$here/contrib/schema/list.schema.json"
}

every_document() {
	keeps list list --all
	keeps check check
	keeps check check 00:02.0
	[ ! -e "$tree/sys/bus/pci/devices/0000:05:00.0" ] || keeps check check 05:00.0
	keeps groups groups
	keeps groups groups --predict
	port=$("$VFIOADM" --root "$tree" groups --predict --json | jq -r '.what_if[0].address // empty')
	[ -z "$port" ] || keeps groups groups --with-acs "$port"
	keeps status status
	keeps claims claim list
	keeps claims claim verify
	keeps bind bind -n 01:00.0
	keeps bind bind -n 00:02.0
	keeps bind unbind -n 01:00.0
	keeps launch launch -n "$here/contrib/examples/seed.conf"
}

usual_host
mkdir -p "$tree/etc/driverctl.d" "$tree/etc/modprobe.d"
echo vfio-pci >"$tree/etc/driverctl.d/pci-0000:01:00.0"
echo uio >"$tree/etc/driverctl.d/pci-0000:02:00.0"
echo uio >"$tree/etc/driverctl.d/vmbus-1"
echo 'options vfio-pci ids=8086:2668,8086:3e92,10de:1b80' >"$tree/etc/modprobe.d/vfio.conf"
every_document
keeps claim-import claim import -n
breaks 'a member too many' '.devices[0].colour = "blue"'
breaks 'a missing member' 'del(.devices[0].driver)'
breaks 'a number for a text' '.devices[0].vendor = 4098'
breaks 'another schema' '.schema = "vfioadm/2"'

mkdir -p "$tree/run/vfioadm/held"
printf 'address=0000:01:00.0\nids=1002:5159\nsince=1\ndriver=radeon\nmodule=radeon\noverride=\nclaim=\n' \
	>"$tree/run/vfioadm/held/0000:01:00.0"
function_at 10000:05:00.0 8086 1533 020000 igb 2
mkdir -p "$tree/etc/vfioadm/claims.d"
printf '[claim]\naddress=01:00.0\n' >"$tree/etc/vfioadm/claims.d/gpu.conf"
printf '[claim]\naddress=66:00.0\nids=1002:5159\n' >"$tree/etc/vfioadm/claims.d/gone.conf"
echo 'rubbish' >"$tree/etc/vfioadm/claims.d/bad.conf"
every_document

for capture in "$here"/tests/fixtures/*.tar.xz; do
	tree=$tap_dir/$(basename "$capture" .tar.xz)
	mkdir "$tree" && tar -C "$tree" -xJf "$capture"
	every_document
done

host_tree
keeps list list
keeps claim-import claim import -n
keeps check check
keeps status status
done_testing
