#!/bin/bash
# machine: two-radeons
# Claims that are applied before any driver is loaded (claims.early): of two identical cards radeon,
# which udev loads later, gets the one that is not claimed, and never touches the other.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

second=0000:02:00.0 sound=0000:02:00.1
early=$(cat /run/early-output)
log=$(dmesg | sed -n 's/^\[[ 0-9.]*\] \(.*vfioadm\|radeon\|snd_hda\)/\1/p')
first=${log%%vfioadm-test:*} rest=${log##*vfioadm-test:}
files=/etc/vfioadm/claims.d

unlike "$early" 'radeon is there already' 'the claims came first'
like "$early" 'first run: 0' 'early exits with 0 whatever is wrong'
like "$early" $'first run: 0\nvfio-pci' 'without vfio modules the override is written'
like "$first" "vfioadm: claim gpu: $second: kept from the host's drivers, but vfio-pci does not have it yet" \
	'and the kernel log says so'
like "$first" "vfioadm: claim gpu: $second: vfio: there is no such module" 'and why'
like "$early" 'second run: 0' 'again'
like "$rest" "vfioadm: claim gpu: $second: won" 'with the modules it is won'
like "$rest" 'claim gone: 0000:66:00.0: not applied: there is no such device' 'a card that is gone'
like "$rest" 'claim moved: 0000:01:00.1: not applied: .*\[wrong-device\]' 'an address that another device has'
like "$rest" 'claim bridge: 0000:00:04.0: not applied: .*\[not-an-endpoint\]' 'a bridge'
like "$rest" 'claim screen: 0000:00:02.0: not applied: .*\[boot-gpu\]' 'the boot GPU'
like "$rest" 'claim open: .*open.conf: others than root can write it' 'a file that anyone can write'
like "$rest" 'claim typo: .*typo.conf:2: adress: unknown key .*did you mean address' 'a word that is misspelt'
unlike "$log" 'claim hidden|claim image' 'what is hidden is no claim'

is "$(drivers $second $sound)" 'vfio-pci vfio-pci ' 'vfio-pci has the card and its sound'
is "$(drivers $gpu $audio)" 'radeon snd_hda_intel ' 'the host has the other'
is "$(driver 0000:00:02.0)" bochs-drm 'and its screen'
like "$log" "radeon $gpu" 'radeon says that it came to the other card'
unlike "$log" "radeon $second|snd_hda_intel $sound" 'no driver but vfio-pci ever touched the claimed one'
not_ok 'no journal is left' test -e /run/vfioadm/journal

exits 0 'status --json' vfioadm status --json
is "$(json '.held[] | [.address, .original_driver, .claim] | map(. // "null") | join(" ")')" \
	"$second null gpu
$sound null gpu" 'shows what the claim took'
exits 3 'verify' vfioadm claim verify --json
is "$(json '.claims[] | [.name, .state] | join(" ")')" 'bridge lost
gone absent
gpu won
moved ids-differ
screen lost' 'tells where each claim stands'
is "$(json '.verdict, (.problems | length)')" 'lost
2' 'and that not all is well'
rm $files/{gone,moved,bridge,screen,open,typo}.conf
exits 0 'verify with only the claim that was won' vfioadm claim verify
like "$stdout" "gpu +$second +won" 'says so'

exits 0 'apply when all is won' vfioadm claim apply
exits 0 'unbind' vfioadm unbind 02:00.0
is "$(drivers $second $sound)" 'radeon snd_hda_intel ' 'gives it to the drivers that the kernel chooses'
is "$(override $second) $(override $sound)$(left_behind | grep -v claims/)" '(null) (null)' 'and leaves nothing behind'
exits 3 'verify now' vfioadm claim verify
like "$stdout" 'lost to radeon' 'names who has it'
exits 0 'check of it' vfioadm check 02:00.0 --json
like "$(json '.findings[].id')" claim-lost 'finds the lost claim'

exec 7</dev/dri/by-path/pci-$second-card
exits 3 'apply while something has the card open' vfioadm claim apply
like "$stderr" 'claim gpu: .*not applied: .*\[device-in-use\]' 'is refused as bind would refuse it'
is "$(driver $second) $(override $second)" 'radeon (null)' 'and nothing was changed'
exec 7<&-
exits 0 'apply --early takes it from radeon' vfioadm claim apply --early
is "$(drivers $second $sound)" 'vfio-pci vfio-pci ' 'by the same way as bind'
exits 0 'unbind' vfioadm unbind 02:00.0

exits 0 'remove' vfioadm claim remove gpu
exits 0 'add' vfioadm claim add 02:00.0 --name card
like "$(cat $files/card.conf)" 'ids=1002:5159' 'writes the ids that were found'
is "$(find /run/vfioadm/claims -name '0000:02:00.*' | wc -l)" 8 'and marks the slot for udev'
exits 0 'add again' vfioadm claim add 02:00.0 --name card
exits 3 'add of a bridge' vfioadm claim add 00:04.0
exits 3 'add of the boot GPU' vfioadm claim add 00:02.0
exits 0 'remove' vfioadm claim remove card
is "$(ls /run/vfioadm/claims)" '' 'no mark is left'
exits 1 'remove again' vfioadm claim remove card

unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
