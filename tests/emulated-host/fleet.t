#!/bin/bash
# machine: two-radeons
# timeout: 300
# contrib/ansible's role, over a local connection: one of two cards is claimed and taken, and a second run changes
# nothing. Then what contrib/kubernetes runs in its pod, with another claim.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

command -v ansible-playbook >/dev/null || {
	not_ok 'no ansible-playbook here: contrib/install-packages check' true
	exit 1
}
second='0000:02:00.0 0000:02:00.1'
files=/etc/vfioadm/claims.d
printf '[claim]\naddress=00:03.0\nids=8086:10d3\n' >$files/old.conf

cat >"$tap_dir/playbook.yml" <<END
- hosts: all
  gather_facts: false
  roles:
    - role: $PWD/contrib/ansible/roles/vfioadm
      vars:
        vfioadm_package: ""
        vfioadm_service: false
        vfioadm_apply: true
        vfioadm_claims_exclusive: true
        vfioadm_initramfs_command: touch $tap_dir/initramfs-made
        vfioadm_claims:
          - name: gpu
            address: "0000:02:00.0"
            ids: "1002:5159"
END
play() {
	rm -f "$tap_dir/initramfs-made"
	run env ANSIBLE_NOCOLOR=1 ANSIBLE_PIPELINING=1 ansible-playbook -i localhost, -c local \
		-e ansible_python_interpreter=/usr/bin/python3 "$tap_dir/playbook.yml"
	[ "$status" -eq 0 ] || diag "$stdout$stderr"
}
changed() { sed -n 's/.*changed=\([0-9]*\).*/\1/p' <<<"$stdout"; }

play
is "$status" 0 'the role runs'
# shellcheck disable=SC2086 # a list
is "$(drivers $second "$gpu")" 'vfio-pci vfio-pci radeon ' 'the claimed card is taken, the other is not'
is "$(echo $files/*)" "$files/gpu.conf" 'its claim is the only one'
ok 'the initramfs was made anew' test -e "$tap_dir/initramfs-made"
exits 0 'vfioadm agrees' vfioadm claim verify
play
is "$status $(changed)" '0 0' 'a second run changes nothing'
not_ok 'and does not make the initramfs' test -e "$tap_dir/initramfs-made"

# The pod: the readiness check fails before, and holds once the other card is taken.
rm $files/gpu.conf
mkdir "$tap_dir/claims"
printf '[claim]\naddress=%s\nids=1002:5159\n' "$gpu" >"$tap_dir/claims/gpu.conf"
cp "$tap_dir/claims/gpu.conf" $files/k8s-gpu.conf
exits 3 'not ready' vfioadm --quiet claim verify
rm $files/k8s-gpu.conf
mkfifo "$tap_dir/log"
contrib/kubernetes/claim-gpus "$tap_dir/claims" >"$tap_dir/log" &
pod=$!
exec 3<"$tap_dir/log"
while read -r -t 60 -u 3 line; do
	case $line in *k8s-gpu*) break ;; esac
done
like "$line" 'k8s-gpu.*won' 'the pod says that the claim is won'
is "$(drivers "$gpu" "$audio")" 'vfio-pci vfio-pci ' 'the card is taken'
exits 0 'ready' vfioadm --quiet claim verify
kill $pod
wait $pod
is "$?" 0 'the pod ends'
is "$(driver "$gpu")" vfio-pci 'and leaves the card where it is'
done_testing
