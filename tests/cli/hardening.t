#!/bin/bash
# The program was built with the compiler's and linker's protections: each is looked for in the file.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

segments=$(LC_ALL=C readelf -W --segments "$VFIOADM")
dynamic=$(LC_ALL=C readelf -W --dynamic "$VFIOADM")
symbols=$(LC_ALL=C readelf -W --dyn-syms "$VFIOADM" | awk '{ print $8 }' | sed 's/@.*//')
code=$(objdump -d --no-show-raw-insn "$VFIOADM" |
	awk '/<main>:$/ { getline; print "main: " $2 } /\tor[lq]? +\$0x0,/ { print "probe: " $0 }')

like "$dynamic" '\(FLAGS_1\).*\bPIE\b' 'it can be loaded at any address (-pie)'
like "$segments" '^ *GNU_RELRO ' 'its relocations become read-only (-z relro)'
like "$dynamic" '\(FLAGS_1\).*\bNOW\b' 'all of them, at the start (-z now)'
like "$segments" '^ *GNU_STACK .* RW +0x' 'its stack cannot be executed (-z noexecstack)'
unlike "$segments" '\bRWE\b' 'nothing is both writable and executable'
like "$symbols" '^__stack_chk_fail$' 'smashed stacks are noticed (-fstack-protector-strong)'
# Functions of libc that are told the size of what they write to.
like "$symbols" '^__(v?snprintf|read|memcpy|strcpy|readlinkat)_chk$' 'so are overflows in libc (_FORTIFY_SOURCE)'
case $(uname -m) in
x86_64)
	# Large frames are probed page by page; nothing else has an "or" that changes nothing.
	like "$code" '^probe: .*\(%rsp' 'the stack cannot jump over its guard page (-fstack-clash-protection)'
	like "$code" '^main: endbr64' 'jumps land where they may (-fcf-protection)'
	;;
*)
	skip 'stack clash protection and control flow: the instructions are only known for x86_64'
	;;
esac
done_testing
