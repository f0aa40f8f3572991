"""Part of enter-root.py, put before it: what a clean root is made of. The mounts are of one build, and end with it."""
RDONLY, NOSUID, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 8, 32, 4096, 16384, 1 << 18
STATE = "/var/lib/swarm"
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def call(done, subject):
    if done != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), subject)


def list_mounts(run, folders):
    """Source, path in the root, flags."""
    shared = [os.path.join(STATE, "packages"), os.path.join(STATE, "targets"), os.environ.get("PKGDIR")] + folders["shared"]
    shared = [path for path in shared if path]
    for path in shared:
        os.makedirs(path, exist_ok=True)
    return ([("/sys", "/sys", RDONLY | NOSUID | NOEXEC), (os.path.join(run, "portage"), "/etc/portage", 0)]
            + [(path, path, RDONLY) for path in folders["repositories"]] + [(path, path, 0) for path in shared])


def mount_root(run, base, root, use):
    """Puts what is written over the base. Where the machine cannot, a build gets a copy, and a question the base itself,
    where only empty folders are added. Returns whether the root can be written to."""
    options = "lowerdir=%s,upperdir=%s/upper,workdir=%s/work" % (base, run, run)
    for more in (",volatile", ""):  # nothing of it has to survive a power cut
        try:
            mount("overlay", root, "overlay", 0, options + more)
            return True
        except OSError as error:
            why = error.strerror
    if use == "ask":
        mount(base, root, None, BIND)
        return False
    print(">>> swarm: no overlayfs (%s), so the root is copied" % why, file=sys.stderr, flush=True)
    upper = os.path.join(run, "upper")
    require_space(upper, measure([base]), "copy " + base)
    copy_tree(base + "/.", upper)
    mount(upper, root, None, BIND)
    return True


def mount_devices(devices):
    mount("tmpfs", "/dev", "tmpfs", NOSUID, "mode=755")
    for opened, name in devices:
        replace_file("/dev/" + name, "")
        mount("/proc/self/fd/%d" % opened, "/dev/" + name, None, BIND)
        os.close(opened)
    for name, kind, data in (("pts", "devpts", "newinstance,ptmxmode=0666,mode=620"), ("shm", "tmpfs", "mode=1777")):
        os.mkdir("/dev/" + name)
        mount(kind, "/dev/" + name, kind, NOSUID | NOEXEC, data)
    for name, target in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, "/dev/" + name)


def mount(source, path, kind, flags, data=""):
    encoded = [None if one is None else os.fsencode(one) for one in (source, path, kind)]
    call(libc.mount(*encoded, ctypes.c_ulong(flags), data.encode()), path)


def read_text(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def replace_file(path, text):
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "w") as file:
        file.write(text)
