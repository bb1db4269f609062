# shellcheck shell=sh
# The Test Anything Protocol for shell scripts: source it, test, end with done_testing.
# A script that ends before done_testing fails. $tap_dir is a scratch directory, removed at the end.

tap_count=0
tap_failed=0
tap_finished=no
tap_dir=$(mktemp -d) || exit 1
status=0 stdout='' stderr=''

tap_at_exit() {
	tap_code=$?
	rm -rf "$tap_dir"
	[ $tap_finished = yes ] && exit $tap_code
	echo "not ok $((tap_count + 1)) - the script ended before done_testing, with status $tap_code"
	echo "1..$((tap_count + 1))"
	[ $tap_code -ne 0 ] || tap_code=1
	exit $tap_code
}
trap tap_at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# diag TEXT...: a comment for whoever reads the log
diag() { printf '%s\n' "$*" | sed 's/^/# /'; }

tap_pass() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

tap_fail() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
}

# run COMMAND...: sets $status, $stdout and $stderr
# shellcheck disable=SC2034 # $stdout and $stderr are for the caller
run() {
	status=0
	"$@" >"$tap_dir/stdout" 2>"$tap_dir/stderr" || status=$?
	stdout=$(cat "$tap_dir/stdout")
	stderr=$(cat "$tap_dir/stderr")
}

tap_show_run() {
	diag "command: $*"
	diag "status: $status"
	sed 's/^/# stdout: /' "$tap_dir/stdout"
	sed 's/^/# stderr: /' "$tap_dir/stderr"
}

# exits CODE DESCRIPTION COMMAND...: run, and the exit status is CODE
exits() {
	tap_want=$1 tap_desc=$2
	shift 2
	run "$@"
	if [ "$status" -eq "$tap_want" ]; then tap_pass "$tap_desc"; return; fi
	tap_fail "$tap_desc"
	diag "expected status: $tap_want"
	tap_show_run "$@"
}

# ok DESCRIPTION COMMAND...: the command succeeds; not_ok: it fails
ok() { exits 0 "$@"; }

not_ok() {
	tap_desc=$1
	shift
	run "$@"
	if [ "$status" -ne 0 ]; then tap_pass "$tap_desc"; return; fi
	tap_fail "$tap_desc"
	tap_show_run "$@"
}

# is GOT WANT DESCRIPTION
is() {
	if [ "$1" = "$2" ]; then tap_pass "$3"; return; fi
	tap_fail "$3"
	diag "     got: $1"
	diag "expected: $2"
}

# like TEXT PATTERN DESCRIPTION: some line of TEXT matches the extended regular expression
like() {
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then tap_pass "$3"; return; fi
	tap_fail "$3"
	diag "     got: $1"
	diag "expected: /$2/"
}

unlike() {
	if ! printf '%s\n' "$1" | grep -Eq -e "$2"; then tap_pass "$3"; return; fi
	tap_fail "$3"
	diag "     got: $1"
	diag "unwanted: /$2/"
}

# skip DESCRIPTION WHY: counts as passed, and prove says so
skip() { tap_pass "$1 # SKIP $2"; }

# skip_all WHY: the whole script cannot run here
skip_all() {
	echo "1..0 # SKIP $1"
	tap_finished=yes
	exit 0
}

done_testing() {
	echo "1..$tap_count"
	tap_finished=yes
	[ $tap_failed -eq 0 ] || exit 1
	exit 0
}
