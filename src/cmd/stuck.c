/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/stuck.h"

#include "base/log.h"

void stuck_tell_holders(const struct host_root *root, const struct holders *before)
{
	struct holders now;

	holders_read_again(root, before, &now);
	for (size_t i = 0; i < now.count; i++)
		log_error("%s: %s (pid %d) has %s open: stop it", pci_addr_text(now.items[i].addr).text,
			  now.items[i].name, (int)now.items[i].pid, now.items[i].node);
	if (now.count == 0)
		log_error("no process has a node of these devices open: it is the kernel itself that "
			  "uses them, or their driver that does not end; see dmesg");
	holders_release(&now);
}
