/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/bridge-acl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fileat.h"
#include "base/strv.h"
#include "host/names.h"

#define ACL_MAX	    (64 * 1024)
#define INCLUDE_MAX 8 /* files within files: one that includes itself has an end */

struct acl {
	const struct host_root *root;
	const char *bridge;
	bool denied, unreadable;
};

static void read_rules(struct acl *acl, const char *path, unsigned int depth);

/* "deny br0" */
static void read_rule(struct acl *acl, const char *line, unsigned int depth)
{
	_cleanup_(strv_release) struct strv words = { 0 };

	strv_split(&words, line, " \t\r");
	if (words.count < 2)
		return;
	if (strcmp(words.items[0], "deny") == 0)
		acl->denied |= strcmp(words.items[1], "all") == 0 ||
			       strcmp(words.items[1], acl->bridge) == 0;
	else if (strcmp(words.items[0], "include") == 0)
		read_rules(acl, words.items[1], depth + 1);
}

static void read_rules(struct acl *acl, const char *path, unsigned int depth)
{
	_cleanup_close_ int fd = depth < INCLUDE_MAX ? host_root_openat(acl->root, path, O_RDONLY)
						     : -1;
	_cleanup_(strv_release) struct strv lines = { 0 };
	_cleanup_free_ char *text = NULL;

	/* Without the helper's own file there are no rules; what it includes has to be there. */
	if (depth == 0 && fd == -ENOENT)
		return;
	if (fd < 0 || fd_read_all(fd, ACL_MAX, &text) < 0) {
		acl->unreadable = true;
		return;
	}
	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++)
		read_rule(acl, lines.items[i], depth);
}

enum bridge_verdict bridge_acl_ask(const struct host_root *root, const char *bridge)
{
	struct acl acl = { .root = root, .bridge = bridge };

	read_rules(&acl, NAME_BRIDGE_ACL, 0);
	if (acl.denied)
		return BRIDGE_DENIED;
	return acl.unreadable ? BRIDGE_UNKNOWN : BRIDGE_ALLOWED;
}
