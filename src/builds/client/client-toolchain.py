"""Part of other programs, put before them: the versions of glibc and gcc that programs of this machine find."""
import os


def toolchain_of(trees):
    """Programs find the newest libstdc++ that is installed, whichever gcc is chosen."""
    from portage.versions import cpv_getversion

    found = {}
    try:
        found["glibc"] = os.confstr("CS_GNU_LIBC_VERSION").split()[-1]  # `glibc 2.41`
    except (AttributeError, IndexError, OSError, ValueError):  # another libc
        pass
    gcc = [cpv for tree in trees.values() for cpv in tree["vartree"].dbapi.match("sys-devel/gcc")]
    majors = [int(cpv_getversion(cpv).split(".")[0]) for cpv in gcc]
    if majors:
        found["gcc"] = str(max(majors))
    return found
