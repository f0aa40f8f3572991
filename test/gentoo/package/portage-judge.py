"""Reads binary packages with Portage's own code: `python3 portage-judge.py CHECKOUT`. One path a line comes in, one JSON object a line
goes out: {"refused": REASON} or {"values": {KEY: VALUE}}, the values as Portage would write them into its index."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile

checkout = sys.argv[1]
sys.path.insert(0, os.path.join(checkout, "lib"))
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
if "JUDGE_DEBUG" not in os.environ:
    os.dup2(1, 2)

import portage  # noqa: E402
import portage.gpkg  # noqa: E402
import portage.xpak  # noqa: E402
from _emerge.Package import Package  # noqa: E402
from _emerge.RootConfig import RootConfig  # noqa: E402
from portage.binpkg import get_binpkg_format  # noqa: E402
from portage.tests.resolver.ResolverPlayground import ResolverPlayground  # noqa: E402
from portage.util.compression_probe import compression_probe  # noqa: E402
from portage.versions import _pkg_str  # noqa: E402

SECONDS = 20
work = tempfile.mkdtemp(prefix="swarm-judge-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
# A client's gtar is GNU tar.
programs = os.path.join(work, "bin")
os.mkdir(programs)
os.symlink(shutil.which("gtar") or shutil.which("tar"), os.path.join(programs, "gtar"))
os.environ["PATH"] = programs + ":" + os.environ["PATH"]
# Signatures are the client's own affair: the form is compared, not the trust. gpg runs as another user.
keys = os.path.join(work, "keys")
os.mkdir(keys)
os.chmod(work, 0o755)
os.chmod(keys, 0o777)
os.environ["PORTAGE_GNUPGHOME"] = keys
playground = ResolverPlayground(
    user_config={
        "make.conf": (
            'FEATURES="binpkg-ignore-signature -binpkg-request-signature -binpkg-signing -xattr"',
            'BINPKG_FORMAT="xpak"',
            'BINPKG_COMPRESS="zstd"',
        )
    },
)
settings = playground.settings
trees = playground.trees[playground.eroot]
bintree = trees["bintree"]
environment = {**settings.environ(), "PATH": os.environ["PATH"]}
# Portage makes it anew for each member; that takes most of the time.
settings.environ = lambda: dict(environment)
root_config = RootConfig(settings, trees, None)
bintree.populate()
MORE = ["CATEGORY", "PF", "CFLAGS"]


def unpack(path, kind, folder):
    if kind == "gpkg":
        portage.gpkg.gpkg(settings, None, path).unpack_metadata(os.path.join(folder, "info"))
        portage.gpkg.gpkg(settings, None, path).decompress(os.path.join(folder, "image"))
        return
    if portage.xpak.tbz2(path).unpackinfo(os.path.join(folder, "info")) != 1:
        raise ValueError("its metadata cannot be unpacked")
    # The commands of BinpkgExtractorAsync, without its shell.
    compression = compression_probe(path)
    if compression is None and not tarfile.is_tarfile(path):
        raise ValueError("its image cannot be unpacked: unknown compression")
    command = ["cat"] if compression is None else portage.gpkg.gpkg(settings, None, path)._get_decompression_cmd(compression)
    tbz2 = portage.xpak.tbz2(path)
    tbz2.scan()
    with open(path, "rb") as package:
        payload = package.read(tbz2.filestat.st_size - tbz2.xpaksize)
    plain = subprocess.run(command, input=payload, capture_output=True)
    tar = subprocess.run(["gtar", "-xp", "-C", os.path.join(folder, "image"), "-f", "-"], input=plain.stdout, capture_output=True)
    if plain.returncode != os.EX_OK or tar.returncode != os.EX_OK:
        raise ValueError("its image cannot be unpacked: " + str(plain.stderr + tar.stderr)[:200])


def read(path, folder):
    kind = get_binpkg_format(path, check_file=True)
    keys = [*bintree.dbapi._aux_cache_keys, *bintree.dbapi._init_aux_keys, *MORE]
    values = bintree._read_metadata(path, os.stat(path), keys=keys, binpkg_format=kind)
    cpv = values["CATEGORY"] + "/" + values["PF"]
    original = dict(values)
    bintree._eval_use_flags(cpv, values)
    if not values.get("SLOT"):
        raise ValueError("no SLOT")
    named = _pkg_str(cpv, metadata=values, settings=settings, db=bintree.dbapi)
    if not portage.eapi_is_supported(values["EAPI"]):
        raise ValueError("EAPI")
    used = {key: values.get(key, "") for key in Package.metadata_keys}
    package = Package(type_name="binary", built=True, installed=False, cpv=named, metadata=used, root_config=root_config)
    if package.invalid:
        raise ValueError(f"invalid: {package.invalid}")
    if package.cpv.build_id is not None and package.cpv.build_id < 1:
        raise ValueError("BUILD_ID")
    unpack(path, kind, folder)
    values.update({key: original[key] for key in MORE})
    values.pop("_mtime_")
    values["REPO"] = "" if package.cpv.repo == Package.UNKNOWN_REPO else package.cpv.repo
    values["slot"], values["sub_slot"] = package.slot, package.sub_slot
    values["build_id"], values["build_time"] = package.cpv.build_id, package.cpv.build_time
    return {key: values[key] for key in sorted(values)}


def remove(folder):
    # shutil.rmtree calls itself for each level, and a crafted package has folders a thousand levels deep
    subprocess.run(["rm", "-rf", folder], stderr=subprocess.DEVNULL)


def too_long(_signal, _frame):
    raise TimeoutError(f"Portage does not end within {SECONDS} s")


signal.signal(signal.SIGALRM, too_long)
try:
    for line in sys.stdin:
        folder = tempfile.mkdtemp(dir=work)
        os.mkdir(os.path.join(folder, "image"))
        os.mkdir(os.path.join(folder, "info"))
        signal.alarm(SECONDS)
        try:
            answer = {"values": read(line.rstrip("\n"), folder)}
        except Exception as error:
            answer = {"refused": f"{type(error).__name__}: {error}"[:300]}
        finally:
            signal.alarm(0)
            remove(folder)
        answers.write(json.dumps(answer) + "\n")
finally:
    playground.cleanup()
    remove(work)
