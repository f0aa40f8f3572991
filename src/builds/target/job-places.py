"""Part of the program that a build job runs first, put after target-config.py: prints EROOT of this host, and the folder with the target's
configuration, a line each. The second line is empty where the target has none of its own.

Argument: the key of the project. One process does both, and loads no configuration of Portage: `portageq envvar EROOT` alone takes longer.
"""


def find_eroot():
    """As Portage finds it: ROOT of the environment or of make.conf, and the prefix that Portage has."""
    try:
        from portage.const import EPREFIX
        from portage.util import getconfig
    except ImportError:  # another python3 than Portage's
        import subprocess

        return subprocess.run(["portageq", "envvar", "EROOT"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    root = os.environ.get("ROOT", "")
    for name in ("etc/make.conf", "etc/portage/make.conf") if not root else ():
        path = os.path.join(own_root(), name)
        root = (os.path.exists(path) and getconfig(path, allow_sourcing=True, recursive=True) or {}).get("ROOT", root)
    return root.rstrip("/") + EPREFIX + "/"


def print_places(key):
    eroot = find_eroot()
    folder = os.path.join(eroot, "var/lib/swarm/targets", key)
    try:
        kept = keep_target(TARGET, folder) or ""
    except OSError as error:
        print(">>> swarm: python3 cannot write the target's configuration below %s: %s" % (folder, error))
        sys.exit(76)
    print(eroot)
    print(kept)


print_places(sys.argv[1])
