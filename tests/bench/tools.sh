# shellcheck shell=bash disable=SC2154 # $here, $bench and watch are those of bench
# How each tool is told to do a job: TOOL_JOB ARGUMENT... runs it once, on the stopwatch, and nothing
# else. What a tool needs for one job may be several commands, as it would be for a person.

# bind ADDRESS...; unbind ADDRESS=DRIVER...
floor_bind() { watch "$bench/floor" bind "$@"; }
floor_unbind() { watch "$bench/floor" unbind "$@"; }

by_hand_bind() { watch "$here/by-hand" bind "$@"; }
by_hand_unbind() { watch "$here/by-hand" unbind "$@"; }

# The whole slot goes along with the first function.
vfioadm_bind() { watch vfioadm -q bind "$1"; }
vfioadm_unbind() { watch vfioadm -q unbind "${1%=*}"; }

driverctl_bind() { for address; do watch driverctl --nosave set-override "$address" vfio-pci; done; }
driverctl_unbind() { for pair; do watch driverctl --nosave unset-override "${pair%=*}"; done; }

dpdk_bind() { watch dpdk-devbind.py --bind=vfio-pci "$@"; }
dpdk_unbind() { for pair; do watch dpdk-devbind.py --bind="${pair#*=}" "${pair%=*}"; done; }

node_device() { echo "pci_${1//[:.]/_}"; }
libvirt_bind() { for address; do watch virsh -q nodedev-detach "$(node_device "$address")"; done; }
libvirt_unbind() { for pair; do watch virsh -q nodedev-reattach "$(node_device "${pair%=*}")"; done; }

# launch ADDRESS: the guest bench, which has that function
by_hand_launch() { watch "$here/by-hand" launch "$here/qemu" "$1"; }
vfioadm_launch() { watch vfioadm -q launch bench --exec </dev/null; }
