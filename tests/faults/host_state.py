"""What of the emulated host a command changes: looked at, compared, and put back without vfioadm."""
import hashlib
import os
import re
import select
import stat

DEVICES = "/sys/bus/pci/devices"
DRIVERS = "/sys/bus/pci/drivers"
OURS = ("/run/vfioadm", "/etc/vfioadm", "/var/lib/vfioadm")
LENT = "/run/guest/disk.img"
VARS_TEMPLATE = "/usr/share/OVMF/OVMF_VARS_4M.fd"
END_S = 5


def first_line(path):
    try:
        with open(path) as file:
            return file.readline().strip()
    except OSError as error:
        return error.strerror


def link(path):
    try:
        return os.path.basename(os.readlink(path))
    except OSError:
        return "none"


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha1(file.read()).digest()


def content(path):
    """The text; a private copy of the firmware's settings that is whole counts as not there, and so does
    a socket, as whoever listens next makes it anew."""
    mode = os.lstat(path).st_mode
    if stat.S_ISSOCK(mode):
        return None
    if stat.S_ISLNK(mode):
        return "-> " + os.readlink(path)
    if not stat.S_ISREG(mode):
        return "no regular file"
    if path.endswith("_VARS.fd"):
        return None if digest(path) == digest(VARS_TEMPLATE) else "half a copy"
    with open(path) as file:
        return file.read()


def files():
    found = {}
    for top in OURS:
        for directory, _, names in os.walk(top):
            for name in names:
                path = os.path.join(directory, name)
                # The lock says only who had it.
                text = None if name == "lock" else content(path)
                if text is not None:
                    found[path] = text
    if os.path.exists(LENT):
        status = os.stat(LENT)
        found[LENT] = "%o %d %d" % (status.st_mode, status.st_uid, status.st_gid)
    return found


def devices():
    return {device: (link(os.path.join(DEVICES, device, "driver")),
                     first_line(os.path.join(DEVICES, device, "driver_override")))
            for device in os.listdir(DEVICES)}


class State:
    """Driver and override of every function, and every file of ours."""

    def __init__(self):
        self.devices = devices()
        self.files = files()
        # When a device was taken is not part of the comparison, nor is a comment.
        self.compared = {path: re.sub("(?m)^(since=|#).*$", "", text)
                         for path, text in self.files.items()}
        self.compared.update(self.devices)

    def __eq__(self, other):
        return self.compared == other.compared

    def difference(self, wanted):
        now, then = self.compared, wanted.compared
        keys = sorted(key for key in set(now) | set(then) if now.get(key) != then.get(key))
        return ", ".join("%s is %r, not %r" % (key, now.get(key), then.get(key))
                         for key in keys)[:600]


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def restore_device(device, now, wanted):
    if now[0] not in ("none", wanted[0]):
        write(os.path.join(DRIVERS, now[0], "unbind"), device)
    override = wanted[1].replace("(null)", "") + "\n"
    write(os.path.join(DEVICES, device, "driver_override"), override)
    if wanted[0] not in ("none", now[0]):
        write(os.path.join(DRIVERS, wanted[0], "bind"), device)


def restore(wanted):
    """Back to that state, by the kernel's own means: quicker than by vfioadm, and needs no trust in it."""
    now = State()
    for path in set(now.files) - set(wanted.files):
        os.unlink(path)
    for device in wanted.devices:
        if now.devices.get(device) != wanted.devices[device]:
            restore_device(device, now.devices[device], wanted.devices[device])
    for path, text in wanted.files.items():
        if now.files.get(path) == text:
            continue
        if path == LENT:
            mode, uid, gid = text.split()
            os.chown(path, int(uid), int(gid))
            os.chmod(path, int(mode, 8) & 0o7777)
        else:
            write(path, text)


class Processes:
    """Those that a command leaves behind; what was there before it is known."""

    def __init__(self):
        self.known = set(os.listdir("/proc"))

    def ours(self):
        found = []
        for entry in set(os.listdir("/proc")) - self.known:
            if entry.isdigit() and re.match("vfioadm|qemu", first_line("/proc/%s/comm" % entry)):
                found.append(int(entry))
        return found

    def left(self):
        """A helper may take a moment to see that its parent has gone."""
        stayed = []
        for pid in self.ours():
            try:
                fd = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            if not select.select([fd], [], [], END_S)[0]:
                stayed.append("%d (%s)" % (pid, first_line("/proc/%d/comm" % pid)))
            os.close(fd)
        return stayed
