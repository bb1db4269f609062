#!/bin/bash
# groups --dot: a picture that Graphviz takes, of every device once and every group once.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

if ! command -v dot >/dev/null; then
	[ -n "${CI-}" ] || skip_all 'no dot: contrib/install-packages check'
fi

# shellcheck disable=SC2317 # ok calls it
drawn() { "$VFIOADM" --root "$tree" groups --dot "$@" >"$tap_dir/dot"; }
document() { dot -Tdot_json "$tap_dir/dot"; }

# Nodes that are devices, and what each cluster holds, a line each.
devices() { document | jq -r '.objects[] | select(has("nodes") | not) | .name | select(startswith("root bus") | not)' | sort; }
clusters() {
	document | jq -r '[.objects[].name] as $names | .objects[] | select(.name | startswith("cluster_")) |
		[.nodes[] | $names[.]] | sort | join(" ")' | sort
}

# is_whole NAME FILTER OPTION...: every device and, as the JSON document's FILTER has them, every group
is_whole() {
	local name=$1 filter=$2 svg
	shift 2
	ok "$name: a picture" drawn "$@"
	svg=$(dot -Tsvg "$tap_dir/dot" 2>&1 >/dev/null)
	is "$svg" '' "$name: dot has nothing to say against it"
	is "$(grep -cE '^\s*"[0-9a-f]{4,8}:[^"]*" \[' "$tap_dir/dot")" \
		"$(find "$tree/sys/bus/pci/devices" -mindepth 1 | wc -l)" "$name: as many nodes as devices"
	is "$(devices)" "$(ls "$tree/sys/bus/pci/devices")" "$name: and they are the devices"
	is "$(clusters)" \
		"$("$VFIOADM" --root "$tree" groups --predict --json | jq -r "${filter}[].members | sort | join(\" \")" | sort)" \
		"$name: each group is one cluster"
}

for capture in "$here"/tests/fixtures/*.tar.xz; do
	machine=$(basename "$capture" .tar.xz)
	tree=$tap_dir/$machine
	mkdir "$tree" && tar -C "$tree" -xJf "$capture"
	is_whole "$machine" .groups
	is_whole "$machine, predicted" .predicted --predict
done

usual_host
ok 'the usual host' drawn
like "$(grep 0000:00:1c.0 "$tap_dir/dot")" '  ACS  \(pcieport\)\\l", color="#38761d"' 'a port shows its ACS'
like "$(grep '0000:01:00.0" \[' "$tap_dir/dot")" '\(radeon\)\\l".*fillcolor="#ffd966"' 'a GPU stands out, with its driver'
ok 'supposing ACS' drawn --with-acs 01:00.0
is "$(clusters | grep 01:00)" '0000:01:00.0
0000:01:00.1' 'draws what would be'
put_bytes 0000:00:1c.0 0x106 00
ok 'ACS that is off' drawn
like "$(grep '0000:00:1c.0" \[' "$tap_dir/dot")" 'ACS off  \(pcieport\)\\l", color="#cc0000"' 'is shown so'

# A driver of any name that sysfs could have.
hostile=$'"];\n}\\N&lt;\\"\xff'
mkdir -p "$tree/sys/bus/pci/drivers/$hostile"
rm "$tree/sys/bus/pci/devices/0000:02:00.0/driver"
ln -s "../../../bus/pci/drivers/$hostile" "$tree/sys/bus/pci/devices/0000:02:00.0/driver"
is_whole 'a hostile driver' .groups
like "$(document | jq -r '.objects[] | select(.name == "0000:02:00.0").label')" \
	'\("\];\?}\\\\N&amp;lt;\\\\"\?\)' 'is text, and nothing else'

# The README's picture, of the demo's host before the demo. dot's own lines change with its version:
# what is compared is what dot is given. REGEN=1 draws both anew.
tree=$tap_dir/radeon
like "$(<"$here/README.md")" 'contrib/pictures/demo-host.svg' 'the README has a picture'
ok 'the demo host' drawn
if [ -n "${REGEN-}" ]; then
	cp "$tap_dir/dot" "$here/contrib/pictures/demo-host.dot"
	dot -Tsvg -o "$here/contrib/pictures/demo-host.svg" "$tap_dir/dot"
fi
ok 'that is of the demo host as it is drawn today' diff -u "$here/contrib/pictures/demo-host.dot" "$tap_dir/dot"
words() { sed -n 's,.*<text [^>]*>\(.*\)</text>.*,\1,p' | sed 's/&#160;/ /g' | sort; }
is "$(words <"$here/contrib/pictures/demo-host.svg")" "$(dot -Tsvg "$tap_dir/dot" | words)" \
	'and the drawing was made of it'

exits 2 'with --json' "$VFIOADM" --root "$tree" groups --dot --json
like "$stderr" 'choose one' 'says why'
host_tree
ok 'a host without devices' drawn
ok 'is an empty picture' dot -Tsvg -o /dev/null "$tap_dir/dot"
done_testing
