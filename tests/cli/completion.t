#!/bin/bash
# What bash, zsh and fish complete, in the shells themselves.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

for shell in zsh fish; do
	command -v $shell >/dev/null || [ -n "${CI-}" ] ||
		skip_all "no $shell: contrib/install-packages check"
done

shopt -s extglob
usual_host
mkdir -p "$tree/etc/vfioadm/guests" "$tree/etc/vfioadm/claims.d"
# shellcheck disable=SC2016 # the name itself is what must not run
touch "$tree"/etc/vfioadm/guests/{win.conf,linux.conf,notes.txt,'a$(touch evil).conf'}
printf '[claim]\naddress=01:00.0\n' >"$tree/etc/vfioadm/claims.d/gpu.conf"

# The program as a shell finds it: on the made-up host, and only for help. Else it shows its arguments.
mkdir "$tap_dir/bin" "$tap_dir/work" "$tap_dir/zsh"
cat >"$tap_dir/bin/vfioadm" <<EOF
#!/bin/bash
case \$1 in --help=*) exec "$VFIOADM" --root "$tree" "\$@" ;; esac
printf 'ran'; printf ' %s' "\$@"; echo
EOF
chmod +x "$tap_dir/bin/vfioadm"
export PATH=$tap_dir/bin:$PATH HOME=$tap_dir TERM=dumb PS1=''
for form in bash fish zsh; do "$VFIOADM" --help=$form >"$tap_dir/$form.completion"; done
cp "$tap_dir/zsh.completion" "$tap_dir/zsh/_vfioadm"
cd "$tap_dir/work" && touch card.rom && mkdir captured

# Lines that are typed, and, for each, the words that are inserted for all that could be meant: both
# shells have a key for it. Then the line is run, and shows what it has become.
inserted_by_bash() {
	{
		echo "source '$tap_dir/bash.completion'"
		sed 's/$/\x1b*/'
		echo exit
	} | script -qec 'bash --norc --noprofile -i' /dev/null | sed -n 's/\r$//; s/^ran //p'
}

inserted_by_zsh() {
	{
		echo "fpath=('$tap_dir/zsh' \$fpath); autoload -Uz compinit; compinit -D -u"
		echo "zstyle ':completion:*' completer _all_matches _complete"
		echo "zstyle ':completion:*' insert true"
		sed 's/$/\t/'
		echo exit
	} | script -qec 'zsh -f -i' /dev/null | sed -n 's/\r$//; s/^ran //p'
}

completed_by_fish() {
	while IFS= read -r line; do
		# shellcheck disable=SC2016
		fish -c 'source $argv[1]; complete -C $argv[2]' -- "$tap_dir/fish.completion" \
			"$line" 2>&1 | sed 's/\t.*//; s,/$,,' | paste -sd' '
	done
}

# What is typed, and what is to become of its last word; both without options, which are many.
cases='vfioadm bind 0000:01:|0000:01:00.0 0000:01:00.1
vfioadm bind 01:|01:00.0 01:00.1
vfioadm unbind -v 01:00.1 02|02:00.0
vfioadm --color never check 0000:02:|0000:02:00.0
vfioadm claim |add apply import list remove verify
vfioadm claim re|remove
vfioadm claim add 01:00.1|01:00.1
vfioadm claim remove g|gpu
vfioadm launch w|win
vfioadm bind --allow iommu|iommu-off
vfioadm --color |always auto never
vfioadm claim add --functions |only slot
vfioadm rom card|card.rom
vfioadm --root cap|captured
vfioadm sta|status
vfioadm list --a|--all
vfioadm claim verify --j|--json'

typed() { cut -d'|' -f1 <<<"$cases"; }
sorted() { tr ' ' '\n' | sort | paste -sd' '; }
# The word that was completed, and those beside it: as many as are expected, from the end. bash
# completes what is behind a colon, and has put the others there without what is before it.
last_words() { awk -v n="$1" '{ for (i = NF - n + 1; i <= NF; i++) printf "%s%s", $i, i < NF ? " " : "\n" }' | sorted; }

check_shell() {
	local shell=$1 line=0 got typed want
	mapfile -t got < <(typed | "$2")
	while IFS='|' read -r typed want; do
		if [ "$shell" = bash ]; then
			want=${want//*([^ ]):/} got[line]=${got[line]//*([^ ]):/}
		fi
		is "$(last_words "$(wc -w <<<"$want")" <<<"${got[line]-}")" "$want" "$shell: $typed"
		line=$((line + 1))
	done <<<"$cases"
}

check_shell bash inserted_by_bash
check_shell zsh inserted_by_zsh
check_shell fish completed_by_fish

all_guests='vfioadm launch '
like "$(inserted_by_bash <<<"$all_guests")" 'linux.* win' 'bash: all guests'
like "$(inserted_by_zsh <<<"$all_guests")" 'linux.* win' 'zsh: all guests'
like "$(completed_by_fish <<<"$all_guests")" 'linux.* win' 'fish: all guests'
is "$(ls)" 'captured
card.rom' 'no name of a guest was run'

unlike "$(inserted_by_bash <<<'vfioadm claim remove --')" '--functions' 'bash: an action has only its own options'
unlike "$(inserted_by_zsh <<<'vfioadm claim remove --')" '--functions' 'zsh: the same'
unlike "$(completed_by_fish <<<'vfioadm claim remove --')" '--functions' 'fish: the same'
is "$(inserted_by_bash <<<'vfioadm bind --allow=iommu')" 'bind --allow=iommu-off' 'bash: a value behind an equals sign'
is "$(inserted_by_zsh <<<'vfioadm bind --allow=iommu')" 'bind --allow=iommu-off' 'zsh: the same'
is "$(completed_by_fish <<<'vfioadm bind --allow=iommu')" '--allow=iommu-off' 'fish: the same'

# Behind sudo, which is how most is typed, with bash-completion as it finds the installed file.
mkdir -p "$tap_dir/bash/completions"
cp "$tap_dir/bash.completion" "$tap_dir/bash/completions/vfioadm"
cat >"$tap_dir/bin/sudo" <<'EOF'
#!/bin/sh
exec "$@"
EOF
chmod +x "$tap_dir/bin/sudo"
inserted_behind_sudo() {
	{
		echo "BASH_COMPLETION_USER_DIR='$tap_dir/bash'; . /usr/share/bash-completion/bash_completion"
		sed 's/$/\x1b*/'
		echo exit
	} | script -qec 'bash --norc --noprofile -i' /dev/null | sed -n 's/\r$//; s/^ran //p'
}
is "$(inserted_behind_sudo <<<'sudo vfioadm bind 02' | xargs)" 'bind 02:00.0' 'bash: behind sudo'
is "$(inserted_by_zsh <<<'sudo vfioadm bind 02' | xargs)" 'bind 02:00.0' 'zsh: behind sudo'
is "$(completed_by_fish <<<'sudo vfioadm bind 02')" '02:00.0' 'fish: behind sudo'

# Every verb, action, option and finding is in each of them.
for form in bash zsh fish; do
	words=$(grep -oE '[a-z0-9-]+' "$tap_dir/$form.completion" | sort -u)
	for word in $("$VFIOADM" --help | sed -n 's/^  \([a-z]\+\) .*/\1/p') add remove verify apply; do
		grep -qxe "$word" <<<"$words" || missing+=" $form:$word"
	done
done
is "${missing-}" '' 'no verb is missing'
is "$("$VFIOADM" --help=findings | cut -f1)" "$("$VFIOADM" check --list | awk '{ print $1 }')" \
	'the list of findings has all that check knows'
like "$("$VFIOADM" --root "$tree" --help=devices)" $'^0000:01:00.0\t.*\\(radeon\\)' 'a device has a description'
unlike "$("$VFIOADM" --root "$tree" --help=devices)" '^0000:00:1c.0' 'a bridge is not offered'
exits 2 'a form that is not known' "$VFIOADM" --help=zhs
like "$stderr" 'did you mean zsh' 'is named, and the nearest'
done_testing
