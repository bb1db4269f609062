#!/bin/bash
# The systemd units that are installed: systemd itself finds nothing wrong with them.

# shellcheck source=tests/tap.sh
. tests/tap.sh

command -v systemd-analyze >/dev/null || skip_all 'no systemd-analyze here'
unit=$tap_dir/vfioadm-guest@test.service
sed "s|@SBINDIR@|${VFIOADM%/*}|" contrib/systemd/vfioadm-guest@.service.in >"$unit"
exits 0 'the guest unit' systemd-analyze verify --man=no "$unit"
is "$stdout$(grep -F "$tap_dir" <<<"$stderr")" '' 'has no warning'
sed -i 's/^Type=notify/Type=notified/' "$unit"
run systemd-analyze verify "$unit"
like "$stdout$stderr" 'notified' 'which would have been found'
done_testing
