# Prints as JSON which requirements of pip the host lacks: {"missing": [TEXT], "installed": [NAME]}. Runs with the Python that pip
# belongs to. stdin: {"names": [TEXT], "file": PATH or null}. A line of a file with other than a requirement counts by its URL.
import json
import os
import re
import sys

try:
    from packaging.requirements import Requirement
except ImportError:
    try:
        from pip._vendor.packaging.requirements import Requirement
    except ImportError:
        sys.exit("the Python of the host has no pip")
try:
    from importlib import metadata
except ImportError:
    sys.exit("the Python of the host is older than 3.8")


def plain(name):
    return re.sub(r"[-_.]+", "-", name or "").lower()


def plain_url(url):
    url = re.sub(r"^(git|hg|svn|bzr)\+", "", url.split("#")[0])
    return re.sub(r"(?<=.)@[^/@]*$", "", url).rstrip("/")


installed, urls = {}, set()
for each in metadata.distributions():
    name = plain(each.metadata["Name"])
    installed.setdefault(name, each.version)
    try:
        urls.add(plain_url(json.loads(each.read_text("direct_url.json") or "{}").get("url", "")))
    except (ValueError, AttributeError, TypeError):
        pass  # somebody wrote something else there


def fits(specifier, version):
    if not str(specifier):
        return True
    try:
        return specifier.contains(version, prereleases=True)
    except ValueError:  # a distribution may have a version that is none to pip: 1.14.0-unknown
        return False


def is_there(text, base):
    try:
        wanted = Requirement(text)
    except ValueError:
        if "://" not in text:
            text = "file://" + os.path.realpath(os.path.join(base, text))
        return plain_url(text) in urls
    if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
        return True
    version = installed.get(plain(wanted.name))
    if version is None or not fits(wanted.specifier, version):
        return False
    return wanted.url is None or plain_url(wanted.url) in urls


def read_lines(path, seen):
    if path in seen:
        return
    seen.add(path)
    if os.path.exists(path) and not os.path.isfile(path):
        sys.exit("%s is not a file" % path)
    with open(path, encoding="utf-8-sig") as file:
        text = file.read().replace("\\\n", " ")
    base = os.path.dirname(os.path.abspath(path))
    for line in text.split("\n"):
        line = re.sub(r"(^|\s)#.*$", "", line).strip()
        other = re.match(r"(?:-r|--requirement)[ =]*(.+)$", line)
        editable = re.match(r"(?:-e|--editable)[ =]*(.+)$", line)
        if other:
            for each in read_lines(os.path.join(base, other.group(1)), seen):
                yield each
        elif editable:
            yield editable.group(1), base
        elif line and not line.startswith("-"):
            yield re.sub(r"\s--(hash|config-settings|global-option)\b.*$", "", line).strip(), base


given = json.loads(sys.stdin.read())
wanted = [(name, os.getcwd()) for name in given["names"]]
if given["file"] is not None:
    try:
        wanted += list(read_lines(given["file"], set()))
    except (OSError, UnicodeDecodeError) as error:
        sys.exit("%s cannot be read: %s" % (given["file"], getattr(error, "strerror", None) or error))


def name_of(text):
    return plain(re.split(r"[^\w.-]", text, maxsplit=1)[0])


print(json.dumps({
    "missing": sorted({text for text, base in wanted if not is_there(text, base)}),
    "installed": sorted({name_of(text) for text, _ in wanted if name_of(text) in installed}),
}))
