#!/bin/bash
# groups --tree: every device once, where it belongs, in 80 columns, with lines that the terminal has.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

export LC_ALL=C
tree_of() { "$VFIOADM" --root "$tree" groups --tree "$@"; }

usual_host
function_at 0000:00:1d.0 8086 a330 060400 pcieport 1
function_at 0000:03:00.0 10de 1b80 030000 vfio-pci 1 0000:00:1d.0
pcie_at 0000:00:1d.0 4
# Names are as long as the pci.ids of this machine has them: they are not compared.
exits 0 'the usual host' tree_of
is "$(cut -c1-45 <<<"$stdout" | sed 's/ *$//')" 'BUS            GROUP  ACS      DRIVER
0000:00
|- 00:02.0     0               i915
|- 00:1c.0     1      ACS      pcieport
|  |- 01:00.0  2               radeon
|  `- 01:00.1  2               snd_hda_intel
`- 00:1d.0     1      no ACS   pcieport
   `- 03:00.0  1               vfio-pci
0000:02
`- 02:00.0     3               e1000e' 'is drawn as it is'
like "$stdout" '00:02.0 .*  GPU, boot: ' 'the firmware'\''s screen is marked'
like "$stdout" '01:00.0 .*  GPU: ' 'and the other GPU'
is "$(LC_ALL=C.UTF-8 tree_of | sed -n '4,5p' | cut -d' ' -f-5 | sed 's/ *$//')" '├─ 00:1c.0
│  ├─ 01:00.0' 'with box-drawing characters where the locale has them'
unlike "$stdout" $'\033' 'there is no colour in a pipe'
exits 0 'with colour' tree_of --color=always
like "$stdout" $'\033\\[1;31mno ACS' 'a port that does not isolate is red'
like "$stdout" $'\033\\[1mGPU' 'a GPU is bold'
like "$(grep 01:00.0 <<<"$stdout")" $'\033\\[[0-9;]+m2\033' 'a group of several has a colour'
like "$(grep 02:00.0 <<<"$stdout")" ' 3      ' 'a function alone has none'
put_bytes 0000:00:1c.0 0x106 00
like "$(tree_of)" '00:1c.0 +1 +ACS off' 'ACS that is off'
like "$(tree_of --predict)" '02:00.0 +[0-9]+ ' 'the predicted groups'

function_at 10000:e1:00.0 8086 2030 060400 pcieport 4
like "$(tree_of)" '^`- 10000:e1:00.0 ' 'with a second domain, each address is whole'
like "$(tree_of)" '^\|- 0000:00:02.0 ' 'those of domain 0, too'
hostile=$'\033[2J\xff\xc3'
mkdir -p "$tree/sys/bus/pci/drivers/$hostile"
rm "$tree/sys/bus/pci/devices/0000:02:00.0/driver"
ln -s "../../../bus/pci/drivers/$hostile" "$tree/sys/bus/pci/devices/0000:02:00.0/driver"
like "$(tree_of)" '02:00.0 .*  \?\[2J\?\? ' 'a hostile driver is text'

for capture in "$here"/tests/fixtures/*.tar.xz; do
	machine=$(basename "$capture" .tar.xz)
	tree=$tap_dir/$machine
	mkdir "$tree" && tar -C "$tree" -xJf "$capture"
	for predict in '' --predict; do
		LC_ALL=C.UTF-8 tree_of $predict >"$tap_dir/tree"
		is "$(grep -oE '[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]' "$tap_dir/tree" | sort)" \
			"$(cd "$tree/sys/bus/pci/devices" && printf '%s\n' * | sed 's/^0000://')" \
			"$machine $predict: every device once"
		ok "$machine $predict: in 80 columns" \
			test "$(LC_ALL=C.UTF-8 wc -L <"$tap_dir/tree")" -le 80
	done
done
host_tree
exits 0 'a host without devices' tree_of
is "$stdout" '' 'has no tree'
exits 2 'with --dot' tree_of --dot
like "$stderr" 'choose one' 'says why'
done_testing
