"""Part of client-needs.py, put before serve-index.py: whether the client is configured for the target's binhost.

INDEX, a text set in the line before, is the index of that binhost in base64. OWN_BINHOST becomes the address that the client has
in binrepos.conf or PORTAGE_BINHOST and that has this very index; None without one.
"""
import base64, configparser, os, subprocess, urllib.parse, urllib.request


def configured_binhosts():
    root = os.environ.get("PORTAGE_CONFIGROOT") or os.environ.get("PORTAGE_OVERRIDE_EPREFIX") or "/"
    path = os.path.join(root, "etc", "portage", "binrepos.conf")
    files = [os.path.join(path, name) for name in sorted(os.listdir(path))] if os.path.isdir(path) else [path]
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        parser.read(files)
        found = [parser.get(name, "sync-uri", fallback="") for name in parser.sections()]
    except configparser.Error:
        found = []
    asked = subprocess.run(["portageq", "envvar", "PORTAGE_BINHOST"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return [address for address in found + asked.stdout.split() if address]


def find_own_binhost(text):
    for address in configured_binhosts():
        if urllib.parse.urlsplit(address).scheme not in ("http", "https", "file"):
            continue
        try:
            with urllib.request.urlopen(address.rstrip("/") + "/Packages", timeout=5) as answer:
                if answer.read(len(text) + 1) == text:
                    return address
        except OSError:
            continue
    return None


OWN_BINHOST = find_own_binhost(base64.b64decode(INDEX))  # noqa: F821
