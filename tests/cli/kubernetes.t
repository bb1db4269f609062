#!/bin/bash
# contrib/kubernetes: the objects keep to the API's own schema, as the Kubernetes client library has it; what the pod runs
# writes, changes and removes claims as the ConfigMap says.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

python=/usr/bin/python3
if ! "$python" -c 'import kubernetes, yaml' 2>/dev/null; then
	[ -n "${CI-}" ] || skip_all 'no kubernetes client for Python: contrib/install-packages check'
fi
check=$here/tests/cli/kubernetes-schema
objects=$here/contrib/kubernetes/vfioadm.yaml

exits 0 'every object keeps to the schema' "$python" "$check" "$objects"
is "$stdout" 'Namespace vfioadm
ConfigMap claims-two-radeons
DaemonSet claims-two-radeons' 'and there are these'
breaks() {
	sed "$2" "$objects" >"$tap_dir/objects.yaml"
	not_ok "$1 is noticed" cmp -s "$objects" "$tap_dir/objects.yaml"
	exits 1 "$1: by name" "$python" "$check" "$tap_dir/objects.yaml"
	like "$stderr" "$3" "$1: where it is"
}
breaks 'a key that is misspelt' 's/readinessProbe:/readynessProbe:/' 'containers\[0\].readynessProbe'
breaks 'a text for a number' 's/periodSeconds: 30/periodSeconds: often/' 'readinessProbe.periodSeconds'
breaks 'a missing selector' '/^  selector:/,/^  updateStrategy/{/updateStrategy/!d}' 'selector'

# The claims of the ConfigMap are read by vfioadm itself.
"$python" -c '
import sys, yaml
for document in yaml.safe_load_all(open(sys.argv[1])):
    for name, text in (document.get("data") or {}).items():
        open(sys.argv[2] + "/" + name, "w").write(text)' "$objects" "$tap_dir"
host_tree
function_at 0000:02:00.0 1002 5159 030000 vfio-pci 1
mkdir -p "$tree/etc/vfioadm/claims.d"
cp "$tap_dir/gpu.conf" "$tree/etc/vfioadm/claims.d/k8s-gpu.conf"
exits 0 'the example is a claim' "$VFIOADM" --root "$tree" claim verify
like "$stdout" 'k8s-gpu.*won' 'that is won'

# What the pod runs, on a node that is only a directory.
mkdir -p "$tap_dir/bin" "$tap_dir/wanted" "$tap_dir/claims.d"
mkfifo "$tap_dir/asked"
printf '#!/bin/sh\necho "$*" >"%s/asked"\n' "$tap_dir" >"$tap_dir/bin/vfioadm"
chmod 755 "$tap_dir/bin/vfioadm"
sed "s,^claims=.*,claims=$tap_dir/claims.d," "$here/contrib/kubernetes/claim-gpus" >"$tap_dir/claim-gpus"
cp "$tap_dir/gpu.conf" "$tap_dir/wanted/"
echo 'own' | tee "$tap_dir/claims.d/own.conf" >"$tap_dir/claims.d/k8s-old.conf"
PATH=$tap_dir/bin:$PATH INTERVAL=0.1 sh "$tap_dir/claim-gpus" "$tap_dir/wanted" >"$tap_dir/log" &
pod=$!
exec 3<>"$tap_dir/asked"
asked() { read -r -t 20 -u 3 REPLY || REPLY='nothing in 20 s'; }
asked; is "$REPLY" 'claim apply' 'it takes what is claimed'
asked; is "$REPLY" 'claim verify' 'and says how that went'
is "$(cd "$tap_dir/claims.d" && echo *)" 'k8s-gpu.conf own.conf' 'its claims are there, the old one is gone, others stay'
ok 'as they were given' cmp "$tap_dir/gpu.conf" "$tap_dir/claims.d/k8s-gpu.conf"
mv "$tap_dir/wanted/gpu.conf" "$tap_dir/wanted/other.conf"
asked; is "$REPLY" 'claim apply' 'a change is noticed'
asked
is "$(cd "$tap_dir/claims.d" && echo *)" 'k8s-other.conf own.conf' 'and followed'
kill "$pod"
wait "$pod"
is $? 0 'it ends when it is told to'
done_testing
