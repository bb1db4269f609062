/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes from QEMU's monitor, in pieces of any size, ends as messages or as a refusal; and what
 * is taken for a QEMU's account of itself has what it must have. The first byte sets the size.
 */
#include <errno.h>
#include <sys/socket.h>

#include "fuzz.h"
#include "launch/qemu-caps.h"
#include "launch/qmp.h"

static int take_messages(struct qmp *qmp)
{
	struct json_object *message = NULL;
	int r;

	while ((r = qmp_next(qmp, &message)) > 0) {
		json_get_string(message, "event");
		json_get(json_get(message, "return"), "status");
		json_free(message);
		message = NULL;
	}
	return r;
}

static void check_messages(const uint8_t *data, size_t size, size_t piece)
{
	struct qmp qmp = QMP_CLOSED;
	int pair[2], r = 0;

	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
	qmp.fd = pair[0];
	for (size_t at = 0; at < size && r == 0; at += piece) {
		size_t len = size - at < piece ? size - at : piece;

		check(send(pair[1], data + at, len, 0) == (ssize_t)len);
		r = qmp_receive(&qmp);
		check(r == 0 || r == -EPROTO);
		if (r == 0)
			r = take_messages(&qmp);
	}
	close(pair[1]);
	if (r == 0)
		check(qmp_receive(&qmp) == -EPIPE);
	qmp_close(&qmp);
}

static void check_caps(const char *text)
{
	struct qemu_caps caps;
	struct error err;

	if (qemu_caps_parse("qemu", text, &caps, &err) < 0)
		return;
	check(caps.version && caps.types.count > 0);
	qemu_caps_have_cpu_flag(&caps, "hv-time");
	qemu_caps_release(&caps);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = NULL;

	if (size == 0)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	check_messages(data + 1, size - 1, (size_t)data[0] * 16 + 1);
	check_caps(text);
	return 0;
}
