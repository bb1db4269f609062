"""The commands that walk-host walks through: what each is given, and the host that it starts from."""
import os

import faults
import host_state

CARD = "0000:01:00.0"
CLAIM = "/etc/vfioadm/claims.d/card.conf"
GUEST = "/etc/vfioadm/guests/test.conf"
RAN = "/run/guest/out/ran"
GUEST_STATUS = 42
GUEST_FILE = """[guest]
memory=64M
machine=q35
accel=tcg
qemu=/run/guest/qemu
[firmware]
code=/usr/share/OVMF/OVMF_CODE_4M.fd
vars=auto
[disk system]
file=/run/guest/disk.img
[hostdev gpu]
address=01:00.0
"""


def must(*words):
    ended = faults.run(["vfioadm"] + list(words))
    if ended.code != 0:
        raise SystemExit("walk-host: vfioadm %s: %s: %s" % (" ".join(words), ended.code, ended.err))


def remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


class Verb:
    """words: the command, dry_words: its dry run, success: how it ends. prepare makes the host that it
    starts from, restart makes that again after a run, renew what each run uses up; clean_up ends it all."""
    success = 0

    def __init__(self, words, dry_words=None):
        self.words = words.split()
        self.dry_words = dry_words.split() if dry_words else None

    def prepare(self):
        pass

    def restart(self):
        pass

    def renew(self):
        pass

    def clean_up(self):
        pass

    def lie(self, ended):
        """What the command did differently from what its ending says; None if nothing."""

    def way_out(self, ended):
        """The words that put right what a 5 has left."""
        return ["recover"]


class Bind(Verb):
    def restart(self):
        must("unbind", CARD)


class Unbind(Verb):
    def prepare(self):
        must("bind", CARD)

    def restart(self):
        must("bind", CARD)

    def clean_up(self):
        must("unbind", CARD)


class ClaimAdd(Verb):
    def restart(self):
        must("claim", "remove", "card")


class ClaimRemove(Verb):
    def prepare(self):
        must("claim", "add", CARD, "--name", "card")

    def restart(self):
        self.prepare()

    def clean_up(self):
        must("claim", "remove", "card")


class ClaimApply(Verb):
    """unbind leaves the overrides, which are the claim's: from the host before, not from that."""

    def prepare(self):
        self.unclaimed = host_state.State()
        with open(CLAIM, "w") as file:
            file.write("[claim]\naddress=01:00.0\nids=1002:5159\n")

    def restart(self):
        must("unbind", CARD)
        for device, state in host_state.devices().items():
            host_state.restore_device(device, state, self.unclaimed.devices[device])

    def clean_up(self):
        must("claim", "remove", "card")

    def way_out(self, ended):
        if "run vfioadm claim apply again" in ended.err:
            return ["claim", "apply"]
        return ["recover"]


class Launch(Verb):
    """With tests/faults/guest.c in QEMU's place, which says whether it had the card."""
    success = GUEST_STATUS

    def prepare(self):
        os.makedirs(os.path.dirname(GUEST), exist_ok=True)
        os.makedirs(os.path.dirname(RAN), exist_ok=True)
        os.chmod(os.path.dirname(RAN), 0o777)
        with open(GUEST, "w") as file:
            file.write(GUEST_FILE)
        with open("/run/guest/disk.img", "wb") as disk:
            disk.truncate(1 << 20)
        os.chmod("/run/guest/disk.img", 0o600)

    def renew(self):
        remove(RAN)
        remove("/var/lib/vfioadm/test_VARS.fd")

    def clean_up(self):
        self.renew()
        remove(GUEST)
        remove("/run/guest/disk.img")

    def lie(self, ended):
        ran = os.path.exists(RAN)
        if ended.code == GUEST_STATUS and not ran:
            return "it ends with QEMU's status, but QEMU has not run"
        if ended.code not in (GUEST_STATUS, 5) and ran:
            return "the guest has run to its end, but this is not its status"
        return None


# A fault that takes udevd's word away makes the command wait for it as long as this.
PATIENCE = " --timeout 5"
ADD = "claim add %s --name card" % CARD
VERBS = {
    "bind": Bind("bind " + CARD + PATIENCE, "bind " + CARD + PATIENCE + " --dry-run"),
    "unbind": Unbind("unbind " + CARD + PATIENCE, "unbind " + CARD + PATIENCE + " --dry-run"),
    "claim-add": ClaimAdd(ADD, ADD + " --dry-run"),
    "claim-remove": ClaimRemove("claim remove card"),
    "claim-apply": ClaimApply("claim apply" + PATIENCE),
    "launch": Launch("launch test" + PATIENCE, "launch test --dry-run" + PATIENCE),
}
