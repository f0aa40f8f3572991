"""Removes what a drone no longer needs after a package was published.

Arguments: FILE KEEP. FILE: the package, in a folder of packages. KEEP: bytes of packages and sources that the drone keeps, or `-`:
the package goes, and 2 GiB of what was fetched stays in swarm's own folder of packages. What was used last goes last.
"""
import errno, fcntl, gzip, os, re, shutil, sys, time

FETCHED = 2 * 1024**3
RECENT = 3600  # seconds; a build may still need it
UNUSED = 30 * 86400  # seconds; then a project that shares this drone is gone
PACKAGE = re.compile(r"\.(gpkg\.tar|xpak|tbz2)$")


def find_folder(file):
    """The folder of packages is the one that has the index."""
    folder = os.path.dirname(file)
    while folder != "/" and not os.path.isfile(os.path.join(folder, "Packages")):
        folder = os.path.dirname(folder)
    return folder


def lock_index(folder):
    """The lock that Portage takes while it changes the index."""
    path = os.path.join(folder, ".Packages.portage_lockfile")
    while True:
        lock = open(path, "a")
        fcntl.lockf(lock, fcntl.LOCK_EX)
        try:
            if os.fstat(lock.fileno()).st_ino == os.stat(path).st_ino:
                return lock
        except FileNotFoundError:
            pass  # Portage removed it
        lock.close()


def list_files(folder, wanted, below=True):
    """Last use, size and path of each file, the oldest first."""
    found = []
    for parent, folders, names in os.walk(folder):
        if not below:
            folders[:] = []
        for name in names:
            path = os.path.join(parent, name)
            if not wanted(name) or os.path.islink(path):
                continue
            try:
                info = os.stat(path)
            except FileNotFoundError:
                continue
            found.append((max(info.st_atime, info.st_mtime), info.st_size, path))
    return sorted(found)


def choose(files, limit):
    """The oldest files that are over the limit."""
    size = sum(one[1] for one in files)
    for used, bytes, path in files:
        if size <= limit or used > time.time() - RECENT:
            return
        size -= bytes
        yield path


def remove(paths, folder):
    """Removes files, and their entries from the index of packages."""
    for path in paths:
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        try:
            os.removedirs(os.path.dirname(path))
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.EBUSY):
                raise
    gone = {os.path.relpath(path, folder) for path in paths}
    with open(os.path.join(folder, "Packages"), encoding="utf-8") as file:
        header, *entries = file.read().strip("\n").split("\n\n")
    kept = [one for one in entries if not any(line[:6] == "PATH: " and line[6:] in gone for line in one.split("\n"))]
    if len(kept) == len(entries):
        return
    header = re.sub(r"(?m)^PACKAGES: .*$", "PACKAGES: %d" % len(kept), header)
    header = re.sub(r"(?m)^TIMESTAMP: .*$", "TIMESTAMP: %d" % time.time(), header)
    text = "".join(part + "\n\n" for part in [header, *kept]).encode()
    replace(os.path.join(folder, "Packages"), text)
    if os.path.exists(os.path.join(folder, "Packages.gz")):
        replace(os.path.join(folder, "Packages.gz"), gzip.compress(text))


def replace(path, content):
    info = os.stat(path)
    new = "%s.swarm.%d" % (path, os.getpid())
    with open(new, "wb") as file:
        file.write(content)
    os.chmod(new, info.st_mode & 0o777)
    os.rename(new, path)


def find_distdir(state, project, target):
    """As Portage finds it with the target's configuration, if the drone has one."""
    targets = os.path.join(state, "targets", project, target)
    known = [os.path.join(targets, one) for one in os.listdir(targets) if one[0] != "."] if os.path.isdir(targets) else []
    if known:
        os.environ["PORTAGE_CONFIGROOT"] = max(known, key=os.path.getmtime)
    import portage

    return portage.settings["DISTDIR"]


def remove_unused(state, project):
    """What other projects left on this drone and did not use for long."""
    packages = os.path.join(state, "packages")
    for other in os.listdir(packages):
        folder = os.path.join(packages, other)
        if other == project or os.path.islink(folder) or not os.path.isdir(folder):
            continue
        used = [one[0] for one in list_files(folder, lambda name: True)] + [os.stat(folder).st_mtime]
        if max(used) < time.time() - UNUSED:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(os.path.join(state, "targets", other), ignore_errors=True)


def sweep(file, keep):
    if not PACKAGE.search(file) or os.path.normpath(file) != file:
        sys.exit("no package: " + file)
    folder = find_folder(file)
    if folder == "/":
        return
    rest, target = os.path.split(folder)
    packages, project = os.path.split(rest)
    state, own = os.path.dirname(packages), packages.endswith("/var/lib/swarm/packages")
    if own:
        remove_unused(state, project)
    is_package = lambda name: PACKAGE.search(name)
    with lock_index(folder):
        if keep == "-":
            remove([file], folder)
            if own:
                remove(list(choose(list_files(folder, is_package), FETCHED)), folder)
            return
        if not own:
            return
        sources = list_files(find_distdir(state, project, target), lambda name: name[0] != "." and "__" not in name, below=False)
        gone = list(choose(sorted(list_files(folder, is_package) + sources), int(keep)))
        remove([path for path in gone if is_package(path) and path.startswith(folder + "/")], folder)
        for path in gone:
            if os.path.exists(path):
                os.unlink(path)


sweep(sys.argv[1], sys.argv[2])
