#!/bin/bash
# The text file for Prometheus: the client library's own parser reads it, and it says what vfioadm says.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

python=/usr/bin/python3
if ! "$python" -c 'import prometheus_client' 2>/dev/null; then
	[ -n "${CI-}" ] || skip_all 'no prometheus_client for Python: contrib/install-packages check'
fi

usual_host
mkdir -p "$tree/run/vfioadm/held" "$tree/etc/vfioadm/claims.d" "$tap_dir/bin"
printf 'address=0000:01:00.0\nids=1002:5159\nsince=1750000000\ndriver=radeon\nmodule=radeon\noverride=\nclaim=a"b\\c\n' \
	>"$tree/run/vfioadm/held/0000:01:00.0"
printf '[claim]\naddress=01:00.0\n' >"$tree/etc/vfioadm/claims.d/gpu.conf"
printf '[claim]\naddress=66:00.0\nids=1002:5159\n' >"$tree/etc/vfioadm/claims.d/gone.conf"
echo 'rubbish' >"$tree/etc/vfioadm/claims.d/bad.conf"
host_is_tree() {
	printf '#!/bin/sh\nexec "%s" --root "%s" "$@"\n' "$VFIOADM" "$tree" >"$tap_dir/bin/vfioadm"
	chmod 755 "$tap_dir/bin/vfioadm"
}
host_is_tree
textfile() { PATH=$tap_dir/bin:$PATH "$here/contrib/prometheus/vfioadm-textfile" "$@"; }

# sample NAME LABEL=VALUE...: the value of the one sample that has these labels
sample() {
	"$python" - "$tap_dir/vfioadm.prom" "$@" <<-'END'
		import sys
		from prometheus_client.parser import text_string_to_metric_families as families
		want = dict(word.split("=", 1) for word in sys.argv[3:])
		found = [s.value for f in families(open(sys.argv[1]).read()) for s in f.samples
		         if s.name == sys.argv[2] and want.items() <= s.labels.items()]
		print(*found)
	END
}

exits 0 'a file is written' textfile "$tap_dir/vfioadm.prom"
is "$stderr" '' 'without a word'
is "$(sample vfioadm_device_held address=0000:01:00.0 original_driver=radeon 'claim=a"b\c')" 1.0 \
	'what is held, whatever is in its labels'
is "$(sample vfioadm_device_held_since_seconds address=0000:01:00.0)" 1750000000.0 'since when'
is "$(sample vfioadm_claim_won claim=gpu address=0000:01:00.0 state=lost)" 0.0 'a claim that is lost'
is "$(sample vfioadm_claim_won claim=gone state=absent)" 0.0 'one whose card is absent'
is "$(sample vfioadm_claim_problems)" 1.0 'and a file that is none'
is "$(sample vfioadm_ready)" 1.0 'nothing blocks'
is "$(sample vfioadm_finding id=iommu-off)" '' 'and the IOMMU is on'
host_tree
function_at 0000:01:00.0 1002 5159 030000 radeon -
host_is_tree
textfile "$tap_dir/vfioadm.prom"
is "$(sample vfioadm_ready)" 0.0 'without an IOMMU something does'
is "$(sample vfioadm_finding id=iommu-off severity=block)" 1.0 'and it is named'

before=$(cksum <"$tap_dir/vfioadm.prom")
printf '#!/bin/sh\nexit 2\n' >"$tap_dir/bin/vfioadm"
exits 1 'when vfioadm cannot answer' textfile "$tap_dir/vfioadm.prom"
is "$(cksum <"$tap_dir/vfioadm.prom")" "$before" 'the file is left as it was'
is "$(echo "$tap_dir"/vfioadm.prom*)" "$tap_dir/vfioadm.prom" 'and nothing beside it'
exits 2 'another ending' textfile "$tap_dir/vfioadm.txt"

exits 0 'the alerts are YAML' "$python" -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' \
	"$here/contrib/prometheus/vfioadm.rules.yml"
while read -r metric; do
	ok "$metric is one that is written" grep -q "^# TYPE $metric " "$tap_dir/vfioadm.prom"
done < <(grep -o 'vfioadm_[a-z_]*' "$here/contrib/prometheus/vfioadm.rules.yml")
done_testing
