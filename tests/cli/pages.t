#!/bin/bash
# The manual pages and the README against the tables that the program works by: nothing is missing in
# one that another has. The pages are well-formed.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

if ! command -v mandoc >/dev/null; then
	[ -n "${CI-}" ] || skip_all 'no mandoc: contrib/install-packages check'
fi

# As a reader sees the page, in lines as long as they come.
as_text() { mandoc -T utf8 -O width=1000 "$tap_dir/$1" | col -b; }

for page in man guest-man claims-man; do
	"$VFIOADM" --help=$page >"$tap_dir/$page"
	# A page's date would be that of the build: the version is in its foot.
	is "$(mandoc -T lint -W warning <"$tap_dir/$page" 2>&1 | grep -v 'missing date')" '' \
		"$page: mandoc has nothing against it"
	as_text $page >"$tap_dir/$page.txt"
done

# missing_in PAGE WORD...: those that do not begin a line of the page
missing_in() {
	local page=$1 word
	shift
	for word; do
		grep -qE "^ *$word($|[ =(])" "$tap_dir/$page.txt" || printf '%s ' "$word"
	done
}

mapfile -t findings < <("$VFIOADM" check --list | awk '{ print $1 }')
mapfile -t blocking < <("$VFIOADM" check --list | awk '$2 == "block" { print $1 }')
ok "there are findings (${#findings[@]})" test "${#findings[@]}" -gt 40
is "$(missing_in man "${findings[@]}")" '' 'vfioadm(8) has every finding'
mapfile -t verbs < <("$VFIOADM" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\+\) .*/\1/p')
is "$(missing_in man "${verbs[@]}")" '' 'vfioadm(8) has every command'
# Where a line is too long, it goes on in the next one's column of text.
help_lines() { "$VFIOADM" --help | sed -z 's/\n \{9,\}/ /g'; }
for verb in '' "${verbs[@]}"; do
	"$VFIOADM" ${verb:+"$verb"} --help | grep -q '.\{80\}' && too_wide+=" ${verb:-vfioadm}"
done
is "${too_wide-}" '' 'no line of help is wider than a terminal'
mapfile -t codes < <(help_lines | sed -n '/^Exit status:/,/^$/s/^  \([^ ]*\) .*/\1/p')
is "${codes[*]}" '0 1 2 3 4 5 128+N' 'help has the exit codes'
is "$(missing_in man "${codes[@]//+/\\+}")" '' 'vfioadm(8) has them, too'
for verb in "${verbs[@]}"; do
	for option in $("$VFIOADM" "$verb" --help | grep -oE '^  .{4}--[a-z-]+' | grep -oE -e '--[a-z-]+'); do
		grep -qe "$option" "$tap_dir/man.txt" || absent+=" $verb:$option"
	done
done
is "${absent-}" '' 'vfioadm(8) has every option'

# The keys as the program knows them: those that it names when a key is not one.
keys_of() { "$VFIOADM" "$1" --help | sed -n 's/^    \([a-z][a-z0-9-]*\) .*/\1/p' | sort -u; }
mapfile -t keys < <(keys_of launch)
ok "there are guest keys (${#keys[@]})" test "${#keys[@]}" -gt 60
is "$(missing_in guest-man "${keys[@]}")" '' 'vfioadm-guest(5) has every key of launch --help'
mapfile -t keys < <(keys_of claim)
is "$(missing_in claims-man "${keys[@]}")" '' 'vfioadm-claims(5) has every key of claim --help'
mapfile -t keys < <(cat "$here"/contrib/examples/*.conf | sed -n 's/^\([a-z0-9-]*\)=.*/\1/p' | sort -u)
is "$(missing_in guest-man "${keys[@]}")" '' 'vfioadm-guest(5) has every key of the examples'

# The README's table of refusals is of what blocks, all of it; its exit codes are those of the help.
refusals=$(sed -n '/^## What it refuses/,/^## /p' "$here/README.md" | grep '^| `' | cut -d'|' -f2 | tr -d '`, ' )
for id in "${blocking[@]}"; do
	grep -qF "\`$id\`" "$here/README.md" || unnamed+=" $id"
done
is "${unnamed-}" '' 'the README names every finding that blocks'
ok 'the README has a table of them' test -n "$refusals"
for id in $(sed -n '/^## What it refuses/,/^## /p' "$here/README.md" | grep '^| `' | cut -d'|' -f2 | tr -d '`,'); do
	printf '%s\n' "${blocking[@]}" | grep -qx "$id" || wrong+=" $id"
done
is "${wrong-}" '' 'and names nothing in it that does not block'
is "$(sed -n '/^## Exit codes/,/^## /s/^| \([0-9]\) | \(.*\) |$/  \1      \2/p' "$here/README.md")" \
	"$(help_lines | sed -n '/^Exit status:/,/^$/p' | grep '^  [0-9] ')" 'the README has the exit codes of --help'
done_testing
