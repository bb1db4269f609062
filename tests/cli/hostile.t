#!/bin/bash
# Hostile surroundings: descriptors, limits, environments, files and names that nobody would wish for.
# Each ends with an exit code of the contract and a sentence, quickly, and nothing is written where it
# should not be.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

export LC_ALL=C
usual_host
before=$(snapshot)
list() { timeout 20 "$VFIOADM" --root "$tree" list; }
wanted=$(list)
device() { echo "$tree/sys/bus/pci/devices/$1"; }

# Standard descriptors, closed in every combination.
for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	code=0
	case $closed in *' >&-'* | '>&-'*) code=1 ;; esac
	exits $code "list $closed: exit code $code" sh -c "exec '$VFIOADM' --root '$tree' list $closed"
	archive=$tap_dir/host.tar
	run sh -c "exec '$VFIOADM' --root '$tree' collect '$archive' $closed"
	ok "collect $closed: an archive and no words in it" tar -tf "$archive"
	rm -f "$archive"
done
is "$(snapshot)" "$before" 'nothing was written into the host'

for words in list 'list --json' 'groups --dot' check 'status --json' --help --version 'claim list --json'; do
	# shellcheck disable=SC2086 # words
	exits 1 "$words >/dev/full: exit code 1" sh -c "exec '$VFIOADM' --root '$tree' $words >/dev/full"
	like "$stderr" '^vfioadm: standard output: cannot write' "$words >/dev/full: says so"
done
exits 0 'a reader that goes away' bash -c "'$VFIOADM' --root '$tree' list --all | head -n 1; [ \${PIPESTATUS[0]} = 0 ] || [ \${PIPESTATUS[0]} = 141 ]"
is "$stderr" '' 'is no news'

# Limits.
plan=$("$VFIOADM" --root "$tree" bind --dry-run 01:00.0)
# no_growth WORDS...: standard output is a file, standard error a pipe, as no file may grow
# shellcheck disable=SC2317 # exits runs it
no_growth() { (ulimit -f 0; exec "$VFIOADM" --root "$tree" "$@" 2>&1 >"$tap_dir/out") | cat; return "${PIPESTATUS[0]}"; }
exits 1 'no file may grow' no_growth list
like "$stdout" 'standard output: cannot write' 'and it is no signal that says so'
exits 1 'collect then' no_growth collect "$tap_dir/host.tar"
not_ok 'leaves no half archive' test -e "$tap_dir/host.tar"
for ((files = 4; files <= 14; files++)); do
	run bash -c "ulimit -n $files; exec '$VFIOADM' --root '$tree' bind --dry-run 01:00.0"
	case $status in
	0) is "$stdout" "$plan" "$files descriptors are enough for the whole plan" ;;
	1) like "$stderr" '^vfioadm: .*(Too many open files|Resource|libpci)' "$files descriptors are not: and it says so" ;;
	127) like "$stderr" 'error while loading shared libraries' "$files descriptors: not even for its libraries" ;;
	*) is "$status" '0 or 1' "with $files descriptors" ;;
	esac
done

# A caller's environment.
for set in LANG=tr_TR.UTF-8 LC_ALL=ja_JP.eucJP LANGUAGE=xx TMPDIR=/nowhere HOME= XDG_RUNTIME_DIR=/nowhere \
	VFIOADM_ROOT=/nowhere QEMU_AUDIO_DRV=none PATH= IFS=x TZ=:/etc/passwd COLUMNS=1 TERM=unknown \
	POSIXLY_CORRECT=1 MALLOC_PERTURB_=165; do
	is "$(env "$set" "$VFIOADM" --root "$tree" list)" "$wanted" "$set makes no difference"
done
exits 0 'no environment at all' env -i "$VFIOADM" --root "$tree" list
is "$stdout" "$wanted" 'makes no difference'

cat >"$tap_dir/no-argv.c" <<'END'
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	(void)argc;
	syscall(SYS_execve, argv[1], (char *[]){ NULL }, (char *[]){ NULL });
	return 126;
}
END
cc -o "$tap_dir/no-argv" "$tap_dir/no-argv.c" || exit
exits 2 'no arguments, not even a name' "$tap_dir/no-argv" "$VFIOADM"
like "$stderr" '^Usage: vfioadm' 'is no command'

# Names.
long=$(printf '%010000d' 0)
for name in ../../etc/passwd a/b . .. '' $'new\nline' $'\e[2Jescape' "$long"; do
	shown=${name:0:12}
	exits 2 "claim add --name ${shown@Q}" "$VFIOADM" --root "$tree" claim add --dry-run 01:00.0 "--name=$name"
	is "$(grep -c '^vfioadm: ' <<<"$stderr") $(wc -l <<<"$stderr")" '1 1' 'one sentence in one line'
	exits 2 "launch ${shown@Q}" "$VFIOADM" --root "$tree" launch --dry-run "$name"
	is "$(grep -c '^vfioadm: ' <<<"$stderr") $(wc -l <<<"$stderr")" '1 1' 'one sentence in one line'
done
for words in "bind --dry-run" "check" "claim remove" "rom" "launch --dry-run" "frobnicate"; do
	# shellcheck disable=SC2086 # words
	run "$VFIOADM" --root "$tree" $words $'\e]0;title\a\x9b31m'
	is "$(tr -d '\n\t -~' <"$tap_dir/stderr" | od -An -c)$(tr -d '\n\t -~' <"$tap_dir/stdout" | od -An -c)" '' "$words: what a terminal would obey is not repeated"
	# shellcheck disable=SC2086 # words
	run "$VFIOADM" --root "$tree" $words "$long"
	ok "$words: of 10,000 characters not all are repeated" test ${#stderr} -lt 3000
done
mkdir -p "$tree/proc/77/fd" "$(device 0000:01:00.0)/drm/card0"
printf 'X\e[2Jorg\n' >"$tree/proc/77/comm"
echo 1:3 >"$(device 0000:01:00.0)/drm/card0/dev"
ln -s /dev/null "$tree/proc/77/fd/5"
exits 3 'a process that has a name full of escape sequences' "$VFIOADM" --root "$tree" check 01:00.0
like "$stdout" 'X.*org \(pid 77\)' 'is named'
is "$(tr -d '\n\t -~' <"$tap_dir/stderr" | od -An -c)$(tr -d '\n\t -~' <"$tap_dir/stdout" | od -An -c)" '' 'without them'

# Attributes that no kernel would show. It may say that it cannot read them; it does not crash or hang.
survives() { is "$((status <= 3))" 1 "$1: exit code $status"; }
for attribute in vendor class driver_override boot_vga config reset_method resource iommu_group numa_node; do
	for damage in empty garbage nul huge directory fifo loop; do
		# libpci opens it, and would wait.
		[ "$attribute-$damage" != config-fifo ] || continue
		usual_host
		file=$(device 0000:01:00.0)/$attribute
		rm -f "$file"
		case $damage in
		empty) : >"$file" ;;
		garbage) printf '0xzz\e[2J\xff\xfe -1 99999999999999999999\n' >"$file" ;;
		nul) printf '0x\0001002\0\0\n' >"$file" ;;
		huge) truncate -s 64M "$file" ;;
		directory) mkdir "$file" ;;
		fifo) mkfifo "$file" ;;
		loop) ln -s "$attribute" "$file" ;;
		esac
		run timeout 20 "$VFIOADM" --root "$tree" check 01:00.0
		survives "check with $attribute: $damage"
		is "$(tr -d '\n\t -~' <"$tap_dir/stderr" | od -An -c)$(tr -d '\n\t -~' <"$tap_dir/stdout" | od -An -c)" '' 'only what can be printed'
	done
done
host_tree
rm -r "$tree/sys"
exits 1 'no sysfs, as in a chroot' "$VFIOADM" --root "$tree" list
like "$stderr" '^vfioadm: .*/sys/bus/pci/devices: cannot read' 'is told'
usual_host
mkdir -p "$tree/run/vfioadm/held"
printf 'address=0000:01:00.0\nids=1002:5159\nsince=9223372036854775807\ndriver=radeon\nmodule=radeon\noverride=\nclaim=\n' \
	>"$tree/run/vfioadm/held/0000:01:00.0"
exits 0 'a clock that was far in the future' "$VFIOADM" --root "$tree" status
rm "$tree/run/vfioadm/held/0000:01:00.0"
for kind in fifo directory garbage; do
	case $kind in
	fifo) mkfifo "$tree/run/vfioadm/held/0000:01:00.0" ;;
	directory) mkdir "$tree/run/vfioadm/held/0000:01:00.0" ;;
	garbage) printf '\0\0\0' >"$tree/run/vfioadm/held/0000:01:00.0" ;;
	esac
	exits 1 "a record that is a $kind" timeout 20 "$VFIOADM" --root "$tree" status
	like "$stderr" 'vfioadm/held.*0000:01:00.0' 'is named'
	rm -rf "$tree/run/vfioadm/held/0000:01:00.0"
done
done_testing
