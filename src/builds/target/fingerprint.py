"""Prints what packages of a target would be built with on this machine, as one JSON document.

Put after target-config.py and cpu-flags.py, and after a line that sets TARGET. Changes nothing.
"""
import contextlib, hashlib, io, re, subprocess, time

CONFIG_REFUSED = 3  # the exit code where make.conf cannot be read; stderr has two lines: what is wrong, and what to do

COMPILER = ("CFLAGS", "CXXFLAGS", "LDFLAGS", "FCFLAGS", "FFLAGS", "RUSTFLAGS", "GOFLAGS", "EXTRA_ECONF", "INSTALL_MASK")
FLAGS = ("ARCH", "CHOST") + COMPILER + ("USE", "ACCEPT_KEYWORDS", "ACCEPT_LICENSE", "BINPKG_FORMAT")
# Further settings that ebuilds and build systems read, where they are set: programs, what is left out, flags of a language or of an ABI.
PROGRAMS = frozenset("AR AS CC CPP CXX F77 FC LD NM OBJCOPY RANLIB RUSTC STRIP PORTAGE_COMPRESS".split())
OTHERS = frozenset("CBUILD CTARGET LINGUAS PKG_INSTALL_MASK STRIP_MASK".split())
PATTERN = re.compile(r"[A-Z0-9]+FLAGS|(CFLAGS|CXXFLAGS|LDFLAGS|CHOST|LIBDIR)_\w+|CGO_[A-Z]+|EXTRA_[A-Z]+|MY[A-Z]+ARGS")
OF_THIS_MACHINE = frozenset(("MAKEFLAGS", "NINJAFLAGS"))  # how many jobs run at once
# The features that change which files a package has, or what is in them.
FEATURES = frozenset("binpkg-docompress binpkg-dostrip compressdebug dedupdebug installsources nodoc noinfo noman nostrip packdebug splitdebug xattr".split())
HASHED = ("env", "profile", "patches", "savedconfig", "bashrc")
FILES = ("package.use", "package.accept_keywords", "package.keywords", "package.mask", "package.unmask", "package.env", "package.license") + HASHED


def main():
    use_target(TARGET)  # noqa: F821
    refuse_bad_make_conf()
    warnings = io.StringIO()
    with contextlib.redirect_stderr(warnings):
        import portage

        settings = portage.db[portage.root]["vartree"].settings
    document = {
        "portage": str(portage.VERSION),
        "settings": read_settings(settings),
        "toolchain": read_toolchain(settings),
        "profile": name_profile(settings),
        "repositories": {repo.name: dict(describe_repository(repo), eclasses=hash_eclasses(repo.location)) for repo in settings.repositories},
        "files": {name: read_lines(os.path.join(settings["PORTAGE_CONFIGROOT"], "etc/portage", name)) for name in FILES},
        "cpuFlags": read_cpu_flags(),  # noqa: F821
        "disk": free_bytes(written_folders(settings)),
        "memory": read_memory(),
        "load": os.getloadavg()[0],
        "time": time.time(),
        "problems": find_problems(settings) + find_bad_lines(warnings.getvalue()),
    }
    json.dump(document, sys.stdout)


def read_settings(settings):
    names = FLAGS + tuple(sorted(name for name in settings.keys() if is_further(name) and name not in FLAGS))
    found = {name: settings.get(name, "").split() for name in names}
    for name in ("USE", "ACCEPT_KEYWORDS"):
        found[name].sort()
    found["FEATURES"] = sorted(FEATURES.intersection(settings.get("FEATURES", "").split()))
    return {name: " ".join(words) for name, words in found.items() if words or name in FLAGS}


def is_further(name):
    return name in PROGRAMS or name in OTHERS or (PATTERN.fullmatch(name) is not None and name not in OF_THIS_MACHINE)


def read_toolchain(settings):
    """What decides where a program runs: it may need symbols that an older libc or libstdc++ has not. No package says so."""
    found = {"glibc": read_glibc(), "gcc": read_gcc(settings.get("CHOST", ""))}
    return {name: version for name, version in found.items() if version}


def read_glibc():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION").split()[-1]  # `glibc 2.41`
    except (AttributeError, IndexError, OSError, ValueError):  # another libc
        return ""


def read_gcc(chost):
    """The major version, as libstdc++ gets new symbols with it."""
    for program in ("%s-gcc" % chost, "gcc"):
        try:
            text = subprocess.run([program, "-dumpversion"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        except OSError:
            continue
        return text.strip().split(".")[0]
    return ""


def refuse_bad_make_conf():
    etc = os.path.join(os.environ.get("PORTAGE_CONFIGROOT", own_root()), "etc/portage")  # noqa: F821
    fault = find_make_conf_fault(etc)  # noqa: F821
    if fault is not None:
        sys.stderr.write("%s\n%s\n" % (fault, how_to_correct("make.conf")))
        sys.exit(CONFIG_REFUSED)


def find_bad_lines(warnings):
    """Lines of the target's files that Portage ignores. Without a target, the files are not ours to judge."""
    folder = os.environ.get("PORTAGE_CONFIGROOT", "")
    found = re.findall(r"^--- (Invalid .*)$", warnings, re.M) if folder else []
    etc = os.path.join(folder, "etc/portage/")
    named = [(text.replace(etc, ""), re.search(re.escape(etc) + r"([^\s:']+)", text)) for text in found]
    return [{"because": text, "fix": how_to_correct(match.group(1))} for text, match in named if match]


def how_to_correct(name):
    return "Correct %s in the target's folder." % name if "PORTAGE_CONFIGROOT" in os.environ else "Correct /etc/portage/%s on the host." % name


def name_profile(settings):
    """repository:path of the profile."""
    path = settings.profile_path or ""
    for repo in settings.repositories:
        start = os.path.realpath(os.path.join(repo.location, "profiles")) + os.sep
        if os.path.realpath(path).startswith(start):
            return "%s:%s" % (repo.name, os.path.realpath(path)[len(start):])
    return path


def describe_repository(repo):
    """Its revision, and its age as far as it is known."""
    for name in ("metadata/timestamp.commit", "metadata/timestamp.chk"):
        try:
            with open(os.path.join(repo.location, name)) as file:
                text = file.read(100).strip()
            return {"revision": text.split()[0] if name.endswith("commit") else text, "time": os.path.getmtime(os.path.join(repo.location, name))}
        except OSError:
            pass
    if os.path.exists(os.path.join(repo.location, ".git")):
        command = ["git", "-c", "safe.directory=*", "-C", repo.location, "log", "-1", "--format=%H %ct"]
        found = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split()
        if len(found) == 2:
            return {"revision": found[0], "time": int(found[1])}
    return {"revision": "content " + hash_tree(repo.location), "time": None}  # it has no revision


def hash_eclasses(location):
    """What ebuilds inherit. A revision does not show a change that was made by hand, nor a sync that was cut short."""
    return hash_tree(os.path.join(location, "eclass"))


def hash_tree(location):
    """What is in a folder."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(location):
        folders[:] = sorted(set(folders) - {"distfiles", "packages", ".git", "md5-cache"})
        for name in sorted(files):
            path = os.path.join(folder, name)
            digest.update(os.path.relpath(path, location).encode("utf-8", "surrogateescape"))
            try:
                with open(path, "rb") as file:
                    digest.update(file.read())
            except OSError:
                pass
    return digest.hexdigest()[:16]


def read_lines(path):
    """The lines of a file, or of the files of a folder, that mean something; of what is not a list a digest."""
    files = []
    if os.path.isdir(path):
        for folder, _, names in os.walk(path):
            files += [os.path.join(folder, name) for name in names if not name.startswith(".")]
    elif os.path.isfile(path):
        files = [path]
    found = []
    for file in sorted(files):
        with open(file, "rb") as opened:
            content = opened.read()
        if os.path.basename(path) in HASHED:
            found.append("%s %s" % (os.path.relpath(file, path), hashlib.sha256(content).hexdigest()[:16]))
        else:
            lines = (" ".join(line.split("#")[0].split()) for line in content.decode("utf-8", "replace").splitlines())
            found += [line for line in lines if line]
    return sorted(found)


def written_folders(settings):
    """Where a build writes: its work folder, which is often a disk of its own, and swarm's packages."""
    work, packages = os.path.join(settings["PORTAGE_TMPDIR"], "portage"), os.path.join(settings["EROOT"], "var/lib/swarm/packages")
    while not os.path.isdir(packages) and packages != "/":
        packages = os.path.dirname(packages)
    return [work if os.path.isdir(work) else settings["PORTAGE_TMPDIR"], packages]


def free_bytes(paths):
    """By folder, the bytes that are free where it is."""
    found = {}
    for path in paths:
        try:
            stat = os.statvfs(path)
            found[path] = stat.f_bavail * stat.f_frsize
        except OSError:
            pass
    return found


def read_memory():
    try:
        with open("/proc/meminfo") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None


def find_problems(settings):
    found = []
    if not settings.profile_path or not os.path.isdir(settings.profile_path):
        reason = settings.profile_path or "make.profile is missing, or leads to no profile"
        found.append(("no profile: %s" % reason, "On the host, run: eselect profile set PROFILE. Or name a profile in the target: make.profile"))
    for repo in settings.repositories:
        if not repo.location or not os.path.isdir(repo.location):
            found.append(("repository %s is missing: %s" % (repo.name, repo.location), "Correct /etc/portage/repos.conf on the host."))
    for name in ("DISTDIR", "PORTAGE_TMPDIR"):
        if os.path.isdir(settings[name]) and not os.access(settings[name], os.W_OK):
            found.append(("%s is not writable: %s" % (name, settings[name]), "Make the folder writable on the host."))
    return [{"because": because, "fix": fix} for because, fix in found]


main()
