#!/bin/bash
# The layer check passes on the sources as they are, and fails on each kind of breach.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

build=$(dirname "$VFIOADM")
cp -r "$here/src" "$tap_dir/src"
cd "$tap_dir" || exit 1
# shellcheck disable=SC2317 # called by ok and exits
check() { "$here/tests/check-layers" "${1-$build}"; }

ok 'the sources as they are' check

# breach FILE LINE PATTERN DESCRIPTION: with LINE in front of FILE the check complains, once
breach() {
	cp "src/$1" "$tap_dir/saved"
	printf '%s\n' "$2" | cat - "$tap_dir/saved" >"src/$1"
	exits 1 "$4: fails" check
	like "$stderr" "^check-layers: $3" "$4: says where"
	is "$(wc -l <<<"$stderr")" 1 "$4: and nothing else"
	cp "$tap_dir/saved" "src/$1"
}

breach base/error.c '#include "host/pci.h"' 'src/base/error.c is on floor base and includes "host/pci.h"' \
	'an upward include'
breach launch/run.c '#include "apply/txn.h"' 'src/launch/run.c is on floor launch and includes "apply/txn.h"' \
	'an include across'
breach host/pci.c '#include "pci-addr.h"' 'src/host/pci.c includes "pci-addr.h" without naming its floor' \
	'an include that names no floor'
breach cmd/list.c '#include <json-c/json.h>' 'src/cmd/list.c includes <json-c/.*json-c belongs in: src/base/json.c' \
	'a library behind its fence'

mkdir -p objects/host objects/policy
echo 'int unlink(const char *); int f(void); int f(void) { return unlink("x"); }' |
	cc -x c -c -o objects/host/bad.o -
echo 'int g(void); int g(void) { return 0; }' | cc -x c -c -o objects/policy/good.o -
exits 1 'a write where only reads belong: fails' check objects
like "$stderr" 'objects/host/bad.o only reads, but calls unlink' 'says which'
done_testing
