"""Part of enter-root.py, put before it: makes the base of a clean root once, and removes what ended builds left.

ROOT/lock       held while the folders below change
ROOT/base-KEY   the unpacked archive, or the copy of the system; appears by rename. KEY stands for what it was made from
ROOT/runs/ID    one for each use, with the lock that is held while it lasts; the folders `upper` and `work` have what it writes
"""
import ctypes, errno, fcntl, hashlib, json, os, shutil, signal, subprocess, sys, tempfile

# What a copy of the running system has. The rest is empty: /home, /srv and /var belong to what runs on the machine.
SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "opt", "var/db/pkg", "var/lib/portage", "var/lib/gentoo")
EMPTY = ("dev", "home", "mnt", "proc", "root", "run", "sys", "tmp", "var/cache", "var/lib", "var/log", "var/tmp")
EMERGE = ("usr/bin/emerge", "usr/local/bin/emerge", "bin/emerge")
KEPT = ".swarm-kept"  # a build that failed wrote it into its root: the work folder stays


class Refused(Exception):
    """Why the root cannot be used, and what to do."""

    def __init__(self, because, fix):
        super().__init__(because)
        self.because, self.fix = because, fix


def lock_file(path, wait):
    """The open file, locked; None where another process has the lock."""
    lock = open(path, "a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        lock.close()
        return None
    return lock


def begin_run(root, source):
    """Makes the base where it is missing, and a folder for one use. Returns the base, the folder and its lock."""
    open_root(root)
    with lock_file(os.path.join(root, "lock"), wait=True):
        base = find_base(root, source)
        gone = set_aside(root, base)
        run = tempfile.mkdtemp(dir=os.path.join(root, "runs"), prefix="run.")
        lock = lock_file(os.path.join(run, "lock"), wait=False)
        os.set_inheritable(lock.fileno(), True)  # held until the last process of the build ends
        with open(os.path.join(run, "base"), "w") as file:
            file.write(base)
    for folder in gone:
        remove(folder)
    return base, run, lock


def open_root(root):
    try:
        os.makedirs(root, mode=0o700, exist_ok=True)
        if os.listdir(root) and not os.path.isdir(os.path.join(root, "runs")):
            raise Refused("%s has files that swarm did not make" % root, "Name a folder of its own in root: of the target.")
        os.makedirs(os.path.join(root, "runs"), exist_ok=True)
    except OSError as error:
        raise Refused("%s cannot be used: %s" % (root, error.strerror), "Name a folder on a disk of the drone in root: of the target.")


def find_base(root, source):
    """The folder that builds start from. A folder that the target names is used where it is."""
    if source != "/" and os.path.isdir(source):
        if os.path.commonpath([os.path.realpath(root), os.path.realpath(source)]) == os.path.realpath(source):
            raise Refused("root %s is inside of root_from %s" % (root, source), "Name a folder beside it in root: of the target.")
        check_gentoo(source, "Name the root folder of a Gentoo system, or a stage archive, in root_from: of the target.")
        return source
    base = os.path.join(root, "base-" + name_source(source))
    if os.path.isdir(base):
        return base
    new = tempfile.mkdtemp(dir=root, prefix="new.")
    try:
        (copy_system if source == "/" else unpack_stage)(source, new)
        os.chmod(new, 0o755)
        os.rename(new, base)
    finally:
        remove(new)
    return base


def name_source(source):
    """Another archive under the same name makes another base. The system is copied once."""
    if source == "/":
        return "system"
    try:
        info = os.stat(source)
    except OSError as error:
        raise Refused("root_from %s cannot be read: %s" % (source, error.strerror), "Copy the stage archive to this path on the drone.")
    return hashlib.sha256(("%s %d %d" % (source, info.st_size, info.st_mtime_ns)).encode()).hexdigest()[:12]


def unpack_stage(archive, new):
    print(">>> swarm: unpacking %s" % archive, file=sys.stderr, flush=True)
    require_space(new, os.path.getsize(archive) * (1 if archive.endswith(".tar") else 5), "unpack " + archive)
    gnu = "GNU" in subprocess.run(["tar", "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    more = ["--xattrs-include=*.*", "--numeric-owner"] if gnu else []
    run_or_refuse(["tar", "-xpf", archive, "-C", new] + more, "the stage archive %s is cut or damaged" % archive,
                  "Copy it to the drone again, and compare its SHA-256 with that of the mirror.")
    check_gentoo(new, "Name a stage 3 archive of Gentoo in root_from: of the target.", archive)


def copy_system(_, new):
    print(">>> swarm: copying the system", file=sys.stderr, flush=True)
    found = [name for name in SYSTEM if os.path.lexists("/" + name)]
    require_space(new, measure(["/" + name for name in found]), "copy the system")
    for name in found:
        os.makedirs(os.path.dirname(os.path.join(new, name)), exist_ok=True)
        copy_tree("/" + name, os.path.join(new, name))
    for name in EMPTY:
        os.makedirs(os.path.join(new, name), exist_ok=True)
    for name in ("tmp", "var/tmp"):
        os.chmod(os.path.join(new, name), 0o1777)
    check_gentoo(new, "Name a stage archive in root_from: of the target.", "the system of the drone")


def copy_tree(source, target):
    run_or_refuse(["cp", "-a", "--reflink=auto", source, target], "%s cannot be copied" % source,
                  "Correct what the message names on the drone, or name a stage archive in root_from: of the target.")


def measure(paths):
    """Bytes of these folders on the disk."""
    answer = subprocess.run(["du", "-skc"] + paths, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return int(answer.split("\n")[-2].split()[0]) * 1024 if answer.strip() else 0


def run_or_refuse(command, because, fix):
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    if ended.returncode != 0:
        reason = ended.stderr.strip().split("\n")[0]
        full = "No space left" in ended.stderr
        raise Refused("%s%s" % (because, ": " + reason if reason else ""), "Free space on its disk." if full else fix)


def require_space(folder, wanted, purpose):
    stat = os.statvfs(folder)
    free = stat.f_bavail * stat.f_frsize
    if free < wanted:
        raise Refused("to %s takes %d MiB, and %s has %d MiB free" % (purpose, wanted >> 20, os.path.dirname(folder), free >> 20),
                      "Free space there, or name a folder on a larger disk in root: of the target.")


def check_gentoo(folder, fix, name=None):
    missing = "var/db/pkg" if not os.path.isdir(os.path.join(folder, "var/db/pkg")) else None
    if missing is None and not any(os.path.lexists(os.path.join(folder, one)) for one in EMERGE):
        missing = "emerge"
    if missing is not None:
        raise Refused("%s is not a Gentoo root: it has no %s" % (name or folder, missing), fix)


def set_aside(root, base):
    """Renames what no build uses any more, so that it can be removed while others begin."""
    gone, used = [], {base}
    runs = os.path.join(root, "runs")
    for run in (os.path.join(runs, name) for name in os.listdir(runs)):
        if os.path.lexists(os.path.join(run, "upper", KEPT)):
            continue
        lock = None if run.endswith(".gone") else lock_file(os.path.join(run, "lock"), wait=False)
        if lock is None and not run.endswith(".gone"):
            with open(os.path.join(run, "base")) as file:
                used.add(file.read())
            continue
        gone.append(run)
    for name in os.listdir(root):
        if name.startswith(("base-", "new.", "gone.")) and os.path.join(root, name) not in used:
            gone.append(os.path.join(root, name))
    return [rename_gone(path) for path in gone]


def rename_gone(path):
    if path.endswith(".gone"):
        return path
    os.rename(path, path + ".gone")
    return path + ".gone"


def remove(folder):
    """Never through a mount: what is mounted below is another folder of the drone."""
    with open("/proc/self/mountinfo") as file:
        mounts = [line.split()[4].encode().decode("unicode_escape") for line in file]
    for mount in sorted((one for one in mounts if one.startswith(folder + "/")), reverse=True):
        if libc.umount2(mount.encode(), 2) != 0:  # MNT_DETACH
            return
    shutil.rmtree(folder, ignore_errors=True)


libc = ctypes.CDLL(None, use_errno=True)
