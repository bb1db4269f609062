#!/bin/bash
# contrib/ansible: ansible-lint finds no fault, and what makes no sense is refused before anything is done.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

for tool in ansible-lint ansible-playbook; do
	command -v $tool >/dev/null || [ -n "${CI-}" ] || skip_all "no $tool here: contrib/install-packages check"
done
export HOME=$tap_dir ANSIBLE_NOCOLOR=1 NO_COLOR=1
cp -R "$here/contrib/ansible" "$tap_dir/ansible"
cd "$tap_dir/ansible" || exit
exits 0 'the playbook and its role' ansible-lint --offline --profile production site.yml roles
like "$stdout$stderr" 'roles|[1-9][0-9]* files' 'were read'
sed -i 's/ansible.builtin.stat/stat/' roles/vfioadm/tasks/initramfs.yml
exits 2 'a fault' ansible-lint --offline --profile production site.yml roles
like "$stdout" 'initramfs.yml.*fqcn|fqcn.*' 'would be found'

# refuses WHAT MEMBER=VALUE...: the role ends at its first task
refuses() {
	local what=$1
	shift
	exits 2 "$what" ansible-playbook -i localhost, -c local -e ansible_python_interpreter=/usr/bin/python3 "$tap_dir/play.yml" \
		-e "{\"vfioadm_package\": \"\", \"vfioadm_claims\": [$1]}"
	like "$stdout" 'name, address .* are required' 'is refused in words'
	unlike "$stdout" 'Find out what' 'and nothing is done'
}
printf -- '- hosts: all\n  gather_facts: false\n  roles: [%s]\n' "$here/contrib/ansible/roles/vfioadm" >"$tap_dir/play.yml"
refuses 'an address that is none' '{"name": "gpu", "address": "02:00.0; reboot", "ids": "1002:5159"}'
refuses 'no ids' '{"name": "gpu", "address": "0000:02:00.0", "idz": "1002:5159"}'
refuses 'a name that is a path' '{"name": "../gpu", "address": "0000:02:00.0", "ids": "1002:5159"}'
done_testing
