#!/bin/bash
# machine: radeon
# timeout: 600
# test-modules: yes
# Hostile surroundings for what changes the host: foreign files where its own should be, configuration that
# others can write, full and read-only file systems. Nothing is changed, and whoever asked is told.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh
# shellcheck source=tests/emulated-host/drivers.sh
. tests/emulated-host/drivers.sh

settle_card
state=/run/vfioadm
echo precious >/run/victim
chmod 644 /run/victim

# untouched: no device, no file that a link leads to, no claim
untouched() {
	is "$(host_state) $(</run/victim) $(find /run/victim /run/elsewhere /etc/vfioadm/claims.d -printf '%p %m ')" \
		"$before precious /run/victim 644 /run/elsewhere 755 /etc/vfioadm/claims.d 755 " 'nothing was changed'
}

# fails CODE PATTERN DESCRIPTION WORDS...: that exit code and a sentence, in time
fails() {
	exits "$1" "$3: exit code $1" timeout 60 vfioadm "${@:4}"
	like "$stderr" "^vfioadm: .*$2" 'a sentence that names it'
}
refuses() {
	fails "$@"
	untouched
}

# put KIND PATH: that in the place of the path
put() {
	rm -rf "$2"
	case $1 in
	link) ln -s /run/victim "$2" ;;
	link-to-directory) ln -s /run/elsewhere "$2" ;;
	dangling-link) ln -s /run/elsewhere/new "$2" ;;
	hard-link) ln /run/victim "$2" ;;
	file) echo >"$2" ;;
	fifo) mkfifo "$2" ;;
	directory) mkdir "$2" ;;
	foreign) install -d -o nobody "$2" ;;
	open) install -d -m 777 "$2" ;;
	foreign-file) install -o nobody /dev/null "$2" ;;
	open-file) install -m 666 /dev/null "$2" ;;
	esac
}

# in_place_of PATH WORDS KIND...: what is refused there, whatever it is
in_place_of() {
	local path=$1 words kind
	read -ra words <<<"$2"
	for kind in "${@:3}"; do
		put "$kind" "$path"
		fails 1 "$path" "$path is: $kind" "${words[@]}"
	done
	rm -rf "$path"
	# What any of them had changed would have stayed so.
	untouched
}

mkdir /run/elsewhere
in_place_of $state 'bind 01:00.0' link link-to-directory dangling-link file fifo foreign open
mkdir $state
in_place_of $state/lock 'bind 01:00.0' link dangling-link hard-link fifo directory foreign-file open-file
in_place_of $state/held 'bind 01:00.0' link link-to-directory dangling-link file fifo foreign open
in_place_of $state/journal 'bind 01:00.0' link dangling-link fifo directory
in_place_of $state/journal recover link dangling-link fifo directory
# What would be written aside and then renamed: such a name is removed, and what it leads to is not.
for kind in link dangling-link hard-link file fifo; do
	mkdir -p $state/held
	put $kind $state/.journal.new
	put $kind $state/held/.$gpu.new
	exits 0 "temporary files are: $kind" timeout 60 vfioadm bind 01:00.0
	exits 0 'unbind' vfioadm unbind 01:00.0
	untouched
done
is "$(left_behind)" '' 'and no file is left'

# Configuration that others can write, and names that are none.
claim=/etc/vfioadm/claims.d/card.conf
for modes in '666 755' '644 777'; do
	printf '[claim]\naddress=01:00.0\nids=1002:5159\n' >$claim
	chmod "${modes% *}" $claim
	chmod "${modes#* }" /etc/vfioadm/claims.d
	exits 2 "a claim and its directory of modes $modes: exit code 2" vfioadm claim apply
	like "$stderr" '^vfioadm: .*/etc/vfioadm/claims.d.*chmod go-w' 'a sentence that says what to do'
	rm $claim
	chmod 755 /etc/vfioadm/claims.d
	untouched
done
mkdir -p /etc/vfioadm/guests
for modes in '666 755' '644 777'; do
	printf '[guest]\nmemory=64M\n' >/etc/vfioadm/guests/open.conf
	chmod "${modes% *}" /etc/vfioadm/guests/open.conf
	chmod "${modes#* }" /etc/vfioadm/guests
	refuses 2 '/etc/vfioadm/guests.*others than root can write' "a guest and its directory of modes $modes" launch open
done
rm -r /etc/vfioadm/guests
refuses 2 '' 'a guest of a name with slashes' launch ../../../run/victim
refuses 2 '' 'a claim of a name with slashes' claim add 01:00.0 --name ../../../run/elsewhere/claim
long=$(printf '%010000d' 0)
for verb in bind unbind 'claim add' 'claim remove' launch; do
	read -ra words <<<"$verb"
	run vfioadm "${words[@]}" "$long"
	is "$((status == 1 || status == 2)) $((${#stderr} < 3000))" '1 1' "$verb of 10,000 characters: exit code $status, in few words"
	untouched
done

# full DIRECTORY INODES: a file system there on which no byte is free, and so many files
full() {
	mkdir -p "$1"
	mount -t tmpfs -o "size=4k,nr_inodes=$2,mode=755" tmpfs "$1"
	head -c 4096 /dev/zero >"$1/.filler" 2>/dev/null
}
# 2: the directory and the filler. A bind needs the directory of records, lock, journal, records.
for inodes in 2 3 4 5 8; do
	full $state $inodes
	run vfioadm bind 01:00.0
	is "$((status == 1 || status == 4))" 1 "a full $state with $inodes inodes: exit code $status, of 1 and 4"
	like "$stderr" "^vfioadm: .*$state/.*No space left" 'a sentence that names it'
	is "$(left_behind | grep -v filler)" '' 'no file is left'
	umount $state
	untouched
done
full /etc/vfioadm/claims.d 8
for words in 'claim add 01:00.0 --name card' 'collect /etc/vfioadm/claims.d/host.tar'; do
	read -ra words <<<"$words"
	exits 1 "${words[0]} to a full disk: exit code 1" vfioadm "${words[@]}"
	like "$stderr" '^vfioadm: .*/etc/vfioadm/claims.d/.*No space left' 'a sentence that names it'
	is "$(find /etc/vfioadm/claims.d -type f)" '/etc/vfioadm/claims.d/.filler' 'no file is left'
done
umount /etc/vfioadm/claims.d
for place in /run /etc; do
	mount --bind $place $place
	mount -o remount,bind,ro $place
	[ $place != /run ] || refuses 1 '/run.*Read-only' 'bind with a read-only /run' bind 01:00.0
	refuses 1 "$place.*Read-only" "claim add with a read-only $place" claim add 01:00.0 --name card
	umount $place
done
exits 0 'bind, after all that' vfioadm bind 01:00.0
exits 0 'unbind' vfioadm unbind 01:00.0
untouched
is "$(left_behind)" '' 'no file is left'
unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
