#!/bin/bash
# list, check and status on a made-up host: what people and programs read.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"

usual_host
json() { jq -r "$1" <<<"$stdout"; }

exits 0 'list' "$VFIOADM" --root "$tree" list
is "$(awk 'NR > 1 { print $1, $2, $3, $4, $6 }' <<<"$stdout")" \
	"0000:00:02.0 8086:3e92 0 i915 yes
0000:01:00.0 1002:5159 2 radeon -
0000:01:00.1 8086:2668 2 snd_hda_intel -" 'shows the GPUs and what shares their slot'
like "$stdout" 'VGA compatible controller: Advanced Micro Devices.*RV100' 'with the names of pci.ids'

unlike "$stdout" $'\033' 'and no colour in a pipe'
exits 0 'list --color=always' "$VFIOADM" --root "$tree" list --color=always
is "$(grep -c $'^\033\\[1m.*\033\\[0m$' <<<"$stdout")" 3 'makes the headings and the two GPUs stand out'

# At a terminal of 80 columns: script makes one.
at_terminal() { run script -qec "stty cols 80; ${1-} '$VFIOADM' --root '$tree' list" /dev/null </dev/null; }
TERM=xterm at_terminal
like "$stdout" $'\033' 'there is colour at a terminal'
shown=$(tr -d '\r' <<<"$stdout" | sed 's/\x1b\[[0-9;]*m//g')
unlike "$shown" '.{81}' 'no line is wider than it'
like "$shown" '^    Advanced Micro Devices.*Radeon 7000' 'a name that is too long goes on in the next line'
unlike "$shown" OVERRIDE 'and a column that says nothing is left out'
for setting in NO_COLOR=1 TERM=dumb; do
	TERM=xterm at_terminal $setting
	unlike "$stdout" $'\033' "$setting: no colour"
done

exits 0 'list --all' "$VFIOADM" --root "$tree" list --all
is "$(awk 'NR > 1 { print $1 }' <<<"$stdout" | tr '\n' ' ')" \
	'0000:00:02.0 0000:00:1c.0 0000:01:00.0 0000:01:00.1 0000:02:00.0 ' 'shows every function'

exits 0 'list --json' "$VFIOADM" --root "$tree" list --json
is "$(json .schema)" vfioadm/1 'names its schema'
is "$(json '.devices[1] | .address, .vendor, .device, .class, .driver, .parent')" \
	'0000:01:00.0
1002
5159
030000
radeon
0000:00:1c.0' 'has the facts of the Radeon'
is "$(json '.devices[1] | .driver_override, .power_state, .numa_node')" 'null
null
null' 'has null for what is not known'
is "$(json '.devices[1] | .iommu_group, .boot_vga, .display, (.slot_functions | join(" ")), (.reset_methods | join(" "))')" \
	'2
false
true
0000:01:00.0 0000:01:00.1
flr bus' 'and the rest of them'
is "$(json '.devices[1] | keys | length')" 18 'and no others'
is "$(json '.devices[2].display')" false 'its sound function is no display'

exits 0 'check of the free GPU' "$VFIOADM" --root "$tree" check
is "$stdout" 'verdict: ready' 'finds nothing'
exits 3 'check of the boot GPU' "$VFIOADM" --root "$tree" check 00:02.0 --json
is "$(json '.verdict, .findings[0].id, .findings[0].severity, .findings[0].subject')" 'blocked
boot-gpu
block
0000:00:02.0' 'is blocked, worst first'

exits 0 'status' "$VFIOADM" --root "$tree" status
is "$stdout" '' 'has no result when nothing is held'
mkdir -p "$tree/run/vfioadm/held"
printf 'address=0000:01:00.0\nids=1002:5159\nsince=1700000000\ndriver=radeon\nmodule=radeon\noverride=\nclaim=\n' \
	>"$tree/run/vfioadm/held/0000:01:00.0"
exits 0 'status --json' "$VFIOADM" --root "$tree" status --json
is "$(json '.held[] | .address, .ids, .original_driver, .since, .claim')" '0000:01:00.0
1002:5159
radeon
1700000000
null' 'shows what the record says'
echo 'driver' >>"$tree/run/vfioadm/held/0000:01:00.0"
exits 1 'a damaged record' "$VFIOADM" --root "$tree" status
like "$stderr" '/run/vfioadm/held.*damaged at "driver"' 'is named'

exits 0 'help' "$VFIOADM" --help
help=$stdout
for verb in list check bind unbind status recover launch; do
	like "$help" "^  $verb " "help has $verb"
	ok "$verb has help of its own" "$VFIOADM" "$verb" --help
done
exits 0 'version' "$VFIOADM" --version
like "$stdout" '^vfioadm [0-9]' 'is printed'
# shellcheck disable=SC2016 # the inner shell expands it
exits 1 'a full disk' bash -c '"$1" --root "$2" list >/dev/full' - "$VFIOADM" "$tree"
like "$stderr" 'standard output: cannot write' 'is noticed'
done_testing
