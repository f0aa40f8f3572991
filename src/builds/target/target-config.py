"""Part of other programs, put before them: Portage reads the target's configuration, and not that of the machine.

TARGET, a text set in the line before, is JSON, compressed by zlib, in base64: {"name", "hash", "files": [{"path", "mode", "content"} or {"path", "link"}]}
with base64 contents, or null for the machine's own configuration.
"""
import atexit, base64, json, os, shutil, sys, tempfile, time, zlib

BUILD_TIME = 7 * 86400  # seconds; no build takes longer


def write_target(target, folder):
    """Writes the configuration as FOLDER/etc/portage. What the target leaves open is the machine's own."""
    etc = os.path.join(folder, "etc", "portage")
    os.makedirs(etc)
    for entry in target["files"]:
        path = os.path.join(etc, entry["path"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if "link" in entry:
            os.symlink(entry["link"], path)
            continue
        with open(path, "wb") as file:
            file.write(base64.b64decode(entry["content"]))
        os.chmod(path, entry["mode"])
    own = os.path.join(own_root(), "etc", "portage")
    for name in ("repos.conf", "sets.conf", "gnupg"):
        if not os.path.lexists(os.path.join(etc, name)) and os.path.exists(os.path.join(own, name)):
            os.symlink(os.path.join(own, name), os.path.join(etc, name))
    link_profile(etc, os.path.join(own, "make.profile"))


def link_profile(etc, own):
    """A file make.profile names the profile: [REPOSITORY:]PATH. Without make.profile, it is the machine's own."""
    link = os.path.join(etc, "make.profile")
    if os.path.islink(link) or os.path.isdir(link):
        return
    if not os.path.isfile(link):
        if os.path.lexists(own):
            os.symlink(os.path.realpath(own), link)
        return
    with open(link) as file:
        repository, _, path = file.read().strip().rpartition(":")
    os.remove(link)
    os.symlink(os.path.join(find_repository(etc, repository or None), "profiles", path), link)


def find_repository(etc, name):
    import configparser

    parser = configparser.ConfigParser(strict=False, interpolation=None)
    conf = os.path.join(etc, "repos.conf")
    files = [os.path.join(conf, one) for one in sorted(os.listdir(conf))] if os.path.isdir(conf) else [conf]
    parser.read(["/usr/share/portage/config/repos.conf"] + files)
    name = name or parser.defaults().get("main-repo", "gentoo")
    return parser.get(name, "location", fallback="/var/db/repos/" + name)


def own_root():
    """Where the machine's own configuration is: / or the prefix of a Gentoo Prefix."""
    return os.environ.get("PORTAGE_OVERRIDE_EPREFIX") or "/"


def find_make_conf_fault(etc):
    """Why Portage cannot read make.conf: itself, it ends with a traceback, or takes nothing of what follows the mistake. None: it can."""
    try:
        from portage.util import getconfig
    except Exception:
        return None  # Portage itself is broken, which is another fault
    try:
        getconfig(os.path.join(etc, "make.conf"), tolerant=False, allow_sourcing=True, recursive=True)
    except Exception as error:  # the kinds differ between versions of Portage
        return "make.conf cannot be read: " + str(error).strip("'").replace('"%s/make.conf", ' % etc, "").replace(etc + "/", "")
    return None


def use_target(text):
    """Sets PORTAGE_CONFIGROOT to a folder that goes when this program ends."""
    target = json.loads(zlib.decompress(base64.b64decode(text)))
    if target is None:
        return
    folder = tempfile.mkdtemp(prefix="swarm-target.")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_target(target, folder)
    os.environ["PORTAGE_CONFIGROOT"] = folder


def keep_target(text, parent):
    """Writes the configuration once, below PARENT, for jobs. Answers with its folder, None for the machine's own configuration. The two newest stay, and what a build may still use."""
    target = json.loads(zlib.decompress(base64.b64decode(text)))
    if target is None:
        return None
    parent = os.path.join(parent, target["name"])
    folder = os.path.join(parent, target["hash"])
    if not os.path.isdir(folder):
        os.makedirs(parent, mode=0o755, exist_ok=True)
        new = tempfile.mkdtemp(prefix=".new.", dir=parent)
        os.chmod(new, 0o755)
        write_target(target, new)
        try:
            os.rename(new, folder)
        except OSError:
            shutil.rmtree(new)  # another job was first
    os.utime(folder)
    known = [os.path.join(parent, name) for name in os.listdir(parent) if not name.startswith(".")]
    for old in sorted(known, key=os.path.getmtime)[:-2]:
        if os.path.getmtime(old) < time.time() - BUILD_TIME:
            shutil.rmtree(old, ignore_errors=True)
    return folder
