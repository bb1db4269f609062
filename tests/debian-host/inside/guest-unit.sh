# shellcheck shell=bash disable=SC2154,SC2086 # $gpu and $audio are devices.sh's
# A guest as a unit: started, stopped, refused and killed under the service manager. Source it on a host
# whose first card is with its usual drivers.

# In QEMU's place, with what is in every Debian: has the group's node open, and answers on the monitor.
# systemd mounts /run without execution.
qemu=/usr/local/bin/stand-in-qemu answers=/run/answers
cp tests/fixtures/qemu/7.2.qmp $answers
cat >$qemu <<'END'
#!/usr/bin/perl
exec 'cat', '/run/answers' if "@ARGV" =~ /-machine none/;
my ($node) = grep { m,/\d+$, } glob '/dev/vfio/*';
open(my $group, '+<', $node) or die "$node: $!";
open(my $listening, '+<&=', 3) or die $!;
while (accept(my $connection, $listening)) {
	select $connection;
	$| = 1;
	print qq({"QMP": {"version": {}, "capabilities": []}}\n);
	while (<$connection>) {
		my ($name) = /"execute": "([^"]*)"/;
		print qq({"id": "$name", "return": {"status": "running"}}\n);
		exit 0 if $name eq 'system_powerdown';
		exit 3 if $name eq 'quit';
	}
}
END
chmod 755 $qemu

# write_guest ADDRESS
write_guest() {
	printf '%s\n' '[guest]' memory=64M machine=q35 accel=tcg qemu=$qemu \
		'[firmware]' code=/etc/passwd '[hostdev gpu]' "address=$1" >/etc/vfioadm/guests/test.conf
}

unit=vfioadm-guest@test
is_unit() { systemctl is-$1 $unit; }
said() { journalctl -b -o cat -u $unit; }
stand_ins() { grep -lx stand-in-qemu /proc/[0-9]*/comm 2>/dev/null; }

write_guest 01:00.0
usual="$(drivers $gpu $audio)"
exits 0 'systemctl enable' systemctl enable $unit
ok 'is for the next boot' test -h /etc/systemd/system/multi-user.target.wants/$unit.service
exits 0 'systemctl start' systemctl start $unit
is "$(is_unit active)" active 'returns when the guest runs' || diag "$(said)"
is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'which has the card'
is "$(stand_ins | wc -l)" 1 'and is a process of its own'
like "$(systemctl show -p StatusText $unit)" 'the guest runs' 'as the status says'
exits 0 'systemctl stop' systemctl stop $unit
is "$(systemctl show -p Result --value $unit)" success 'the guest powers off'
like "$(said)" 'the guest was asked to power off' 'when it is asked to'
is "$(drivers $gpu $audio)" "$usual" 'and the card is back'

exits 0 'systemctl start once more' systemctl start $unit
exits 0 'vfioadm killed' systemctl kill --kill-whom=main --signal=KILL $unit
ok 'the unit has failed' eventually 60 is_unit failed
is "$(stand_ins)" '' 'no QEMU is left'
is "$(drivers $gpu $audio)" "$usual" "and the card is back, by the unit's vfioadm recover"

# The boot GPU, without a word that it is meant.
write_guest 00:02.0
not_ok 'a guest that the check refuses does not start' systemctl start $unit
is "$(is_unit failed)" failed 'its unit has failed'
is "$(systemctl show -p ExecMainStatus --value $unit)" 3 "with the check's own status"
like "$(systemctl status --full --lines=50 $unit)" 'boot-gpu' 'which says why'
is "$(drivers 0000:00:02.0)" 'bochs-drm ' 'and the card has kept its driver'
