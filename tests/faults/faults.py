"""What walks through all system calls of a command share: the calls, the errors that the kernel can
give for each, and what every ending of a command owes to whoever waits for it."""
import collections
import difflib
import errno
import os
import re
import subprocess

TIME_FACTOR = int(os.environ.get("TIME_FACTOR", "1"))
NOT_REACHED = 125
HANG_S = 60 * TIME_FACTOR

Call = collections.namedtuple("Call", "process which number name subject")
Ended = collections.namedtuple("Ended", "code out err")

# What the manual pages and the kernel's file systems give for each call; in turn, one for each fault.
ERRORS = {
    "open": "ENOMEM EMFILE EACCES EIO ENFILE",
    "openat": "ENOMEM EMFILE EACCES EIO ENFILE",
    "openat2": "ENOMEM EMFILE EACCES EIO ENFILE",
    "read": "EIO ENOMEM",
    "pread64": "EIO ENOMEM",
    "write": "EIO ENOSPC ENOMEM EBUSY",
    "writev": "EIO ENOSPC ENOMEM",
    "pwrite64": "EIO ENOSPC ENOMEM",
    "close": "EIO EINTR",
    "access": "EACCES EIO ENOMEM",
    "faccessat": "EACCES EIO ENOMEM",
    "faccessat2": "EACCES EIO ENOMEM",
    "newfstatat": "EACCES EIO ENOMEM",
    "stat": "EACCES EIO ENOMEM",
    "lstat": "EACCES EIO ENOMEM",
    "fstat": "EIO ENOMEM",
    "statfs": "EIO ENOMEM",
    "fstatfs": "EIO",
    "readlink": "EACCES EIO ENOMEM",
    "readlinkat": "EACCES EIO ENOMEM",
    "getdents64": "EIO ENOMEM",
    "lseek": "EINVAL",
    "mkdirat": "ENOSPC EIO EACCES",
    "mkdir": "ENOSPC EIO EACCES",
    "unlinkat": "EIO EACCES ENOMEM",
    "unlink": "EIO EACCES ENOMEM",
    "renameat": "ENOSPC EIO ENOMEM",
    "renameat2": "ENOSPC EIO ENOMEM",
    "symlinkat": "ENOSPC EIO",
    "fsync": "EIO ENOSPC",
    "fdatasync": "EIO ENOSPC",
    "ftruncate": "EIO EINTR",
    "fchmod": "EIO EPERM",
    "fchownat": "EIO EPERM",
    "fchown": "EIO EPERM",
    "flock": "ENOLCK EINTR",
    "mmap": "ENOMEM",
    "munmap": "ENOMEM",
    "mremap": "ENOMEM",
    "mprotect": "ENOMEM",
    "brk": "ENOMEM",
    "fcntl": "EMFILE",
    "dup2": "EMFILE EBUSY",
    "dup3": "EMFILE EBUSY",
    "pipe2": "EMFILE ENFILE",
    "socket": "EMFILE ENOMEM ENOBUFS",
    "socketpair": "EMFILE ENOMEM",
    "connect": "ECONNREFUSED ENOENT",
    "bind": "ENOMEM EADDRINUSE",
    "listen": "EADDRINUSE",
    "accept4": "EMFILE ENOMEM",
    "setsockopt": "ENOMEM ENOBUFS",
    "getsockopt": "ENOMEM",
    "getsockname": "ENOBUFS",
    "sendto": "ENOMEM ENOBUFS",
    "sendmsg": "ENOMEM ENOBUFS",
    "recvfrom": "EINTR ENOMEM",
    "recvmsg": "EINTR ENOMEM",
    "poll": "EINTR ENOMEM",
    "ppoll": "EINTR ENOMEM",
    "epoll_create1": "EMFILE ENOMEM",
    "epoll_ctl": "ENOMEM",
    "epoll_wait": "EINTR",
    "clone": "EAGAIN ENOMEM",
    "clone3": "EAGAIN ENOMEM",
    "fork": "EAGAIN ENOMEM",
    "vfork": "EAGAIN ENOMEM",
    "execve": "ENOMEM EACCES",
    "wait4": "EINTR",
    "waitid": "EINTR",
    "finit_module": "ENOMEM EIO EBUSY",
    "init_module": "ENOMEM EIO EBUSY",
    "ioctl": "ENOTTY EIO",
    "memfd_create": "EMFILE ENOMEM",
    "signalfd4": "EMFILE ENOMEM",
    "timerfd_create": "EMFILE ENOMEM",
    "timerfd_settime": "ECANCELED",
    "pidfd_open": "EMFILE ENOMEM",
    "pidfd_send_signal": "EPERM",
    "inotify_init1": "EMFILE ENOMEM",
    "inotify_add_watch": "ENOSPC ENOMEM",
    "getrandom": "EINTR",
    "setsid": "EPERM",
    "prctl": "EINVAL",
    "close_range": "ENOMEM",
    "sysinfo": "EFAULT",
    "setresuid": "EAGAIN",
    "setresgid": "EPERM",
    "setgroups": "ENOMEM",
    "setuid": "EAGAIN",
    "setgid": "EPERM",
    "prlimit64": "EPERM",
    "chdir": "EACCES EIO",
    "rt_sigtimedwait": "EAGAIN",
    "fadvise64": "EINVAL",
    "add_key": "ENOMEM",
    "kill": "EPERM",
    "sched_setaffinity": "EINVAL",
    "sched_getaffinity": "EINVAL",
    "mlock": "ENOMEM",
    "landlock_create_ruleset": "ENOSYS",
}

# Those that have no error to give on Linux, or whose caller is not there any more when they return.
CANNOT_FAIL = set("""exit exit_group getpid getppid gettid getuid geteuid getgid getegid rt_sigaction
    rt_sigprocmask rt_sigreturn restart_syscall set_tid_address set_robust_list rseq uname umask
    clock_gettime gettimeofday time clock_nanosleep nanosleep setitimer alarm sched_yield
    arch_prctl futex madvise tgkill getresuid getresgid times getrusage gettid sigaltstack
    clock_getres""".split())


# Of fcntl's commands only F_DUPFD and F_DUPFD_CLOEXEC make something.
DUPLICATING = ("0", "1030")


def call_names():
    names = {}
    pattern = re.compile(r"#define __NR_(\w+) (\d+)")
    for directory in ("/usr/include/x86_64-linux-gnu/asm", "/usr/include/asm"):
        try:
            with open(directory + "/unistd_64.h") as header:
                for line in header:
                    found = pattern.match(line)
                    if found:
                        names[int(found.group(2))] = found.group(1)
        except FileNotFoundError:
            continue
        return names
    raise SystemExit("faults: no asm/unistd_64.h: install linux-libc-dev")


NAMES = call_names()


def run(argv, **options):
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=HANG_S, **options)
    except subprocess.TimeoutExpired:
        return Ended("hang", "", "")
    return Ended(done.returncode, done.stdout.decode(errors="replace"),
                 done.stderr.decode(errors="replace"))


def list_calls(inject, argv, scratch):
    """The calls of a clean run from main() on: what comes before is the dynamic loader's."""
    listing = os.path.join(scratch, "calls")
    ended = run([inject, "list", listing] + argv)
    calls = []
    with open(listing) as lines:
        for line in lines:
            process, which, number, subject = (line.rstrip("\n") + " ").split(" ", 3)
            calls.append(Call(int(process), int(which), int(number), NAMES[int(number)],
                              subject.strip()))
    return ended, calls[first_of_main(calls):]


def first_of_main(calls):
    """The program's first call of its own asks which standard descriptors are open."""
    for index, call in enumerate(calls):
        if call.name == "fcntl":
            return index
    raise SystemExit("faults: main() was not found among the calls")


def first_change(calls):
    """The index of the first file that is written, in place of another as all of ours are."""
    for index, call in enumerate(calls):
        if call.name == "openat" and re.search(r"(^|/)\.[^/]+\.new$", call.subject):
            return index
    raise SystemExit("faults: the command writes no file")


def shared_calls(calls, others):
    """Pairs of calls, of a command and of another one, that are the same in the same place."""
    matcher = difflib.SequenceMatcher(None, [(call.process, call.name, call.subject) for call in calls],
                                      [(call.process, call.name, call.subject) for call in others],
                                      autojunk=False)
    return {calls[block.a + n]: others[block.b + n]
            for block in matcher.get_matching_blocks() for n in range(block.size)}


def faults_of(calls, every, all_errors):
    """Pairs of call and errno name: every nth call, with one of its errors or with all."""
    faults = []
    for index, call in enumerate(calls):
        if call.name in CANNOT_FAIL or call.name == "fcntl" and call.subject not in DUPLICATING:
            continue
        if call.name not in ERRORS:
            raise SystemExit("faults: %s: which errors can it give? say so in ERRORS" % call.name)
        errors = ERRORS[call.name].split()
        chosen = errors if all_errors else [errors[index % len(errors)]]
        faults += [(call, error) for error in chosen]
    return faults[::every]


def inject_one(inject, fault, argv):
    call, error = fault
    which = [call.process, call.number, call.which, getattr(errno, error)]
    return run([inject] + [str(word) for word in which] + argv)


def in_conversation(calls):
    """The calls between a question to another process and its answer, which a copy would take away."""
    asking, found = False, set()
    for call in calls:
        if call.process != 0 or asking:
            found.add(call)
        if call.process == 0 and call.name in ("socketpair", "pipe2", "sendto", "clone", "clone3", "fork", "vfork"):
            asking = True
        if call.process == 0 and call.name in ("recvfrom", "wait4", "waitid"):
            asking = False
    return found


def branch(program, faults, argv, clean, scratch):
    """For each fault how the command ends, of one that changes nothing, in one run; as a clean run where it
    never came to it. None of them in a conversation. None in all when the run itself did not end as a clean
    one: then a copy has taken something away from it, by a deadline that passed, say."""
    wanted = os.path.join(scratch, "faults")
    with open(wanted, "w") as file:
        for call, error in faults:
            file.write("%d %d %d\n" % (call.number, call.which, getattr(errno, error)))
    done = subprocess.run([program, wanted, scratch] + argv, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=True)
    lines = [line.split() for line in done.stdout.decode().splitlines()]
    results = [clean] * len(faults)
    for number, code in lines[:-1]:
        if code != "missed":
            results[int(number)] = Ended(code if code == "hang" else int(code),
                                         taken(scratch, number + ".out"), taken(scratch, number + ".err"))
    as_clean = lines[-1] == ["end", str(clean.code)] and taken(scratch, "out") == clean.out
    return results if as_clean else None


def taken(scratch, name):
    path = os.path.join(scratch, name)
    with open(path, errors="replace") as file:
        text = file.read()
    os.unlink(path)
    return text


def manners(fault, ended, success=0):
    """What is wrong with an ending, whatever the verb; None if nothing. success is how it should end."""
    call = fault[0]
    if ended.code == "hang":
        return "it does not end"
    if ended.code == success:
        return None
    if not 1 <= ended.code <= 5:
        return "it crashed, or ended with a code that is not in the contract"
    if ended.code == 2:
        return "it blames the usage"
    # A message that could not be written is not missing.
    if not re.search("^vfioadm: .{8,}", ended.err, re.M) and \
            not (ended.code == 3 and ended.out) and \
            not (call.name == "write" and call.subject.startswith("2 ")):
        return "it does not say what failed"
    return None


class Report:
    """Counts by command and exit code, and TAP: one test a command."""

    def __init__(self):
        self.commands = []
        self.total = 0

    def command(self, name, calls, clean):
        self.commands.append([name, calls, clean, collections.Counter(), []])

    def add(self, fault, ended, wrong):
        name, calls, clean, counts, bad = self.commands[-1]
        counts[ended.code] += 1
        self.total += 1
        if wrong:
            bad.append(wrong)
            call, error = fault
            print("# %s: %s: %d %s %d %s = %s -> %s: %s" % (
                name, wrong, call.process, call.name, call.which, call.subject, error, ended.code,
                " | ".join(ended.err.strip().split("\n"))[-400:]), flush=True)

    def end(self):
        """Prints it; the exit status."""
        codes = sorted({0, 1, 3, 4, 5}.union(*(counts for _, _, _, counts, _ in self.commands)),
                       key=str)
        print("# %-34s %6s %7s" % ("command", "calls", "faults") +
              "".join("%6s" % ("=%s" % code) for code in codes) + "  wrong")
        for name, calls, clean, counts, bad in self.commands:
            print("# %-34s %6d %7d" % (name, calls, sum(counts.values())) +
                  "".join("%6d" % counts[code] for code in codes) + "  %d" % len(bad))
        print("# injected faults: %d" % self.total)
        number = 0
        for name, calls, clean, counts, bad in self.commands:
            number += 1
            print("%sok %d - %s: each fault ends as the exit codes promise" %
                  ("not " if bad or not counts else "", number, name))
        print("1..%d" % number)
        return 1 if any(bad or not counts for _, _, _, counts, bad in self.commands) else 0
