#!/bin/bash
# machine: radeon
# A vfio module that is absent, blacklisted, loaded or only there to be loaded: each told apart.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
# shellcheck disable=SC2317 # called by exits
plan() { vfioadm bind -n --json 01:00.0; }
unchanged() { is "$(host_state)$(left_behind)" "$before" 'nothing was changed'; }

exits 0 'not loaded' plan
is "$(json '[.plan[] | select(.step == "load-module") | .subject + " " + .from] | join(", ")')" \
	'vfio not loaded, vfio_iommu_type1 not loaded, vfio-pci not loaded' 'is to be loaded'

mkdir /run/empty && mount --bind /run/empty "/usr/lib/modules/$(uname -r)"
exits 3 'absent' vfioadm bind 01:00.0
like "$stderr" 'block: vfio-pci: this kernel .* neither built in nor as a module \[module-missing\]' 'is told'
unchanged
exits 1 'absent, but told to go on' vfioadm bind 01:00.0 --allow module-missing
like "$stderr" '^vfioadm: vfio: there is no such module' 'fails at the first module'
unchanged
umount "/usr/lib/modules/$(uname -r)"

echo 'blacklist vfio_pci' >/etc/modprobe.d/test.conf
exits 3 'blacklisted' vfioadm bind 01:00.0
like "$stderr" 'block: vfio-pci: a blacklist line .*\[module-blacklisted\]' 'is told'
unchanged
echo 'install vfio_pci /bin/false' >/etc/modprobe.d/test.conf
exits 3 'blacklisted by an install line' vfioadm bind 01:00.0
like "$stderr" 'block: vfio-pci: an install line .*\[module-blacklisted\]' 'is told apart'
unchanged
exits 0 '--allow module-blacklisted' vfioadm bind 01:00.0 --allow module-blacklisted
is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'loads it all the same'
rm /etc/modprobe.d/test.conf
exits 0 'unbind' vfioadm unbind 01:00.0

exits 0 'loaded' plan
is "$(json '[.plan[] | select(.step == "load-module")] | length')" 0 'needs no loading'
done_testing
