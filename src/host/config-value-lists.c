/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config-value-lists.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "base/strv.h"

static int add_cpu(struct value_cpus *cpus, uint64_t cpu)
{
	for (size_t i = 0; i < cpus->count; i++)
		if (cpus->items[i] == cpu)
			return -EINVAL;
	if (cpus->count == VALUE_CPUS_MAX)
		return -EINVAL;
	cpus->items[cpus->count++] = (unsigned short)cpu;
	return 0;
}

/* "4" or "4-7", with both ends */
static int add_range(struct value_cpus *cpus, char *text)
{
	char *dash = strchr(text, '-');
	uint64_t first, last;

	if (dash)
		*dash = '\0';
	if (parse_uint(text, VALUE_CPU_LAST, &first) < 0)
		return -EINVAL;
	last = first;
	if (dash && (parse_uint(dash + 1, VALUE_CPU_LAST, &last) < 0 || last < first))
		return -EINVAL;
	for (uint64_t cpu = first; cpu <= last; cpu++)
		if (add_cpu(cpus, cpu) < 0)
			return -EINVAL;
	return 0;
}

int value_parse_cpus(const char *text, unsigned int line, struct value_cpus *ret)
{
	_cleanup_free_ char *copy = xstrdup(text);
	struct value_cpus cpus = { .line = line };
	char *rest = copy, *word;

	while ((word = strsep(&rest, ",")))
		if (add_range(&cpus, word) < 0)
			return -EINVAL;
	cpus.text = xstrdup(text);
	*ret = cpus;
	return 0;
}

/* The address that an IPv6 one has brackets around; returns what follows its colon, or NULL. */
static char *split_address(char *text, char **ret_address)
{
	char *end;

	if (*text != '[') {
		*ret_address = strsep(&text, ":");
		return text;
	}
	end = strchr(text, ']');
	if (!end || end[1] != ':')
		return NULL;
	*end = '\0';
	*ret_address = text + 1;
	return end + 2;
}

static bool is_address(const char *text)
{
	struct in6_addr any;

	return inet_pton(AF_INET, text, &any) == 1 || inet_pton(AF_INET6, text, &any) == 1;
}

static int parse_port(const char *text, unsigned int *ret)
{
	uint64_t port;

	if (!text || parse_uint(text, 65535, &port) < 0 || port == 0)
		return -EINVAL;
	*ret = (unsigned int)port;
	return 0;
}

/* tcp:[ADDRESS:]PORT:PORT */
static int parse_forward(char *text, struct value_forward *ret)
{
	char *address = (char *)"127.0.0.1", *protocol = strsep(&text, ":"), *colon;

	*ret = (struct value_forward){ .udp = strcmp(protocol, "udp") == 0 };
	if (!text || (!ret->udp && strcmp(protocol, "tcp") != 0))
		return -EINVAL;
	colon = strchr(text, ':');
	if (*text == '[' || (colon && strchr(colon + 1, ':')))
		text = split_address(text, &address);
	if (!text || !is_address(address) || strlen(address) >= sizeof(ret->host))
		return -EINVAL;
	strcpy(ret->host, address);
	if (parse_port(strsep(&text, ":"), &ret->host_port) < 0)
		return -EINVAL;
	return parse_port(text, &ret->guest_port);
}

int value_parse_forwards(const char *text, unsigned int line, struct value_forwards *ret)
{
	_cleanup_(strv_release) struct strv words = { 0 };
	struct value_forwards forwards = { .line = line };

	strv_split(&words, text, ", ");
	if (words.count == 0 || words.count > VALUE_FORWARDS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < words.count; i++)
		if (parse_forward(words.items[i], &forwards.items[forwards.count++]) < 0)
			return -EINVAL;
	forwards.text = xstrdup(text);
	*ret = forwards;
	return 0;
}
