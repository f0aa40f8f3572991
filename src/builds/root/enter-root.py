"""Runs a command in the clean root of a target: its own mounts, processes and IPC, and the network of the machine.

Arguments: SETTINGS TARGET COMMAND [ARGUMENT]... SETTINGS is JSON: {"root", "from", "use": "build" or "ask"}; TARGET as target-config.py
takes it. Put after target-config.py, make-root.py and mount-root.py. Ends with the status of the command; with 78 where the root cannot be used.

What the command writes goes into a folder that is removed when it ends, however it ends. Of the machine it sees its repositories, read-only,
and what a build hands on: packages, sources, logs.
"""
NEWNS, NEWIPC, NEWPID, NEWNET = 0x20000, 0x8000000, 0x20000000, 0x40000000
GRACE = 5  # seconds between TERM and KILL
ASK = """import json, portage
s = portage.settings
print(json.dumps({"repositories": [r.location for r in s.repositories if r.location],
    "shared": [s.get(name) for name in ("DISTDIR", "PORTAGE_LOGDIR")], "temporary": s.get("PORTAGE_TMPDIR")}))"""


def main(settings, target, command):
    wanted = json.loads(settings)
    watch_parent(signal.SIGTERM)
    if os.geteuid() != 0:
        raise Refused("a clean root needs the rights of root on the drone", "Write user: root or become: true for the drone in the inventory.")
    check_namespaces()
    folders = ask_portage(target)
    base, run, lock = begin_run(wanted["root"], wanted["from"])
    try:
        for name in ("upper", "work", "root"):
            os.mkdir(os.path.join(run, name), 0o755)
        if os.path.isdir("/etc/portage"):
            shutil.copytree("/etc/portage", os.path.join(run, "portage"), symlinks=True, ignore=ignore_special)
        return run_inside(lambda: enter(run, base, wanted["use"], folders, command))
    finally:
        end_run(run)
        lock.close()


def watch_parent(number):
    """This process gets the signal when its parent ends."""
    libc.prctl(1, number, 0, 0, 0)


def check_namespaces():
    """Tried by a process of its own, which is gone afterwards."""
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.unshare(NEWNS | NEWPID | NEWIPC | NEWNET) == 0 else ctypes.get_errno() & 127 or 1)
    status = os.WEXITSTATUS(os.waitpid(child, 0)[1])
    if status != 0:
        raise Refused("the kernel of the drone refuses namespaces: %s" % os.strerror(status),
                      "Enable CONFIG_NAMESPACES, PID_NS, IPC_NS and NET_NS in its kernel. Where the drone is a container, allow nesting.")


def ask_portage(target):
    """Which folders of the machine a build of the target uses, by its configuration."""
    folder = tempfile.mkdtemp(prefix="swarm-target.")
    try:
        config = json.loads(zlib.decompress(base64.b64decode(target)))
        env = dict(os.environ)
        if config is not None:
            write_target(config, folder)
            env["PORTAGE_CONFIGROOT"] = folder
            fault = find_make_conf_fault(os.path.join(folder, "etc/portage"))
            if fault is not None:
                raise Refused(fault, "Correct make.conf in the target's folder.")
        ended = subprocess.run([sys.executable, "-c", ASK], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if ended.returncode != 0:
        reason = ended.stderr.strip().split("\n")[-1]
        raise Refused("python3 cannot load Portage: %s" % reason, "Repair python3 and sys-apps/portage on the host.")
    return json.loads(ended.stdout)


def ignore_special(folder, names):
    """Sockets and pipes of a running gpg-agent."""
    return [name for name in names if not (os.path.islink(path := os.path.join(folder, name)) or os.path.isdir(path) or os.path.isfile(path))]


def run_inside(start):
    """Runs it as the first process of new process ids: nothing of it outlives that one, and that one does not outlive this."""
    call(libc.unshare(NEWPID), "new process ids")
    child = os.fork()
    if child == 0:
        refuse_on_error(start)
    stopped = []

    def stop(number, _):
        stopped.append(number)
        signal.alarm(0 if number == signal.SIGALRM else GRACE)
        if number == signal.SIGALRM:
            os.kill(child, signal.SIGKILL)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, stop)
    status = os.waitpid(child, 0)[1]
    signal.alarm(0)
    if stopped:
        return 128 + stopped[0] if stopped[0] != signal.SIGALRM else 137
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def enter(run, base, use, folders, command):
    watch_parent(signal.SIGKILL)
    call(libc.unshare(NEWNS | NEWIPC), "new mounts")
    mount(None, "/", None, REC | PRIVATE)
    root = os.path.join(run, "root")
    writable = mount_root(run, base, root, use)
    mounts = list_mounts(run, folders)
    opened = [(os.open(source, os.O_PATH), path, flags) for source, path, flags in mounts if os.path.exists(source)]
    devices = [(os.open("/dev/" + name, os.O_PATH), name) for name in DEVICES if os.path.exists("/dev/" + name)]
    resolver = read_text("/etc/resolv.conf")
    os.makedirs(os.path.join(root, "proc"), exist_ok=True)
    mount("proc", os.path.join(root, "proc"), "proc", NOSUID | NOEXEC)
    os.chroot(root)  # from here on a link of the root leads into the root
    os.chdir("/")
    for path in () if writable else ("/tmp", "/var/tmp", "/var/cache/edb"):
        os.makedirs(path, exist_ok=True)
        mount("tmpfs", path, "tmpfs", 0, "mode=1777")
    for path in [path for _, path, _ in opened] + ["/dev", "/run", "/sys", folders["temporary"]]:
        os.makedirs(path, exist_ok=True)
    if writable:
        replace_file("/etc/resolv.conf", resolver)
    else:
        mount(None, "/", None, REMOUNT | BIND | RDONLY)
    mount_devices(devices)
    mount("tmpfs", "/run", "tmpfs", 0, "mode=755")
    for source, path, flags in opened:
        mount("/proc/self/fd/%d" % source, path, None, BIND | (REC if path == "/sys" else 0))
        if flags:
            mount(None, path, None, REMOUNT | BIND | flags)
        os.close(source)
    os.mkdir("/run/swarm")
    replace_file("/run/swarm/root", os.path.join(run, "upper") + "\n")
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.environ["FEATURES"] = (os.environ.get("FEATURES", "") + " network-sandbox").strip()
    os.execvp(command[0], command)


def end_run(run):
    """A build that failed and was to be kept leaves its files, and nothing else."""
    if os.path.lexists(os.path.join(run, "upper", KEPT)):
        for name in ("work", "root", "portage"):
            remove(os.path.join(run, name))
    else:
        remove(run)


def refuse_on_error(start):
    """Ends the process with the status that start returns, or with 78 and the reason where the root cannot be used."""
    status = 78
    try:
        status = start()
    except Refused as refused:
        print(">>> swarm: root: %s\n>>> swarm: fix: %s" % (refused.because, refused.fix), file=sys.stderr)
    except OSError as error:
        where = "" if error.filename is None else "%s: " % error.filename
        print(">>> swarm: root: %s%s\n>>> swarm: fix: Correct what the message names on the drone, or remove root: from the target." % (where, error.strerror), file=sys.stderr)
    sys.stderr.flush()
    os._exit(status)


refuse_on_error(lambda: main(sys.argv[1], sys.argv[2], sys.argv[3:]))
