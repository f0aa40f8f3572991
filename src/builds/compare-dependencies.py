"""Compares what is installed with what the plan has for one build, and prints what to do, a line each, in order:

    replace =CPV   another version or build of it is installed
    remove =CPV    it blocks a planned package
    binary =CPV    to be merged from the binhost
    source =CPV    to be compiled: the binhost may not have it

Arguments: URL of the binhost, the planned dependencies as JSON: [[CPV, SLOT, SUB_SLOT, "base"|"binary"|"source"]...].
Prints nothing where everything is as planned. Ends with 76, and says why, where it cannot become so.
"""
import json, sys, urllib.request

import portage
from portage.dep import Atom, use_reduce

KEYS = ("SLOT", "BUILD_TIME", "USE", "EAPI")


def main(binhost, planned):
    trees = portage.db[portage.root]
    installed = trees["vartree"].dbapi
    built = read_build_times(binhost) if any(origin == "binary" for *_, origin in planned) else {}
    todo = []
    for cpv, slot, sub_slot, origin in planned:
        here = read_installed(installed, cpv, slot)
        if origin == "base":
            compare_base(cpv, slot, sub_slot, here)
        elif origin == "binary" and cpv not in built:
            fail("the binhost has no binary of %s, which is needed" % cpv)
        elif here is None or here["cpv"] != cpv or origin == "binary" and here["BUILD_TIME"] != built[cpv]:
            todo.append((origin, cpv))
            if here is not None:
                print("replace =%s" % here["cpv"])
    for other in find_blocked(trees, [cpv for _, cpv in todo], {cpv for cpv, *_ in planned}):
        print("remove =%s" % other)
    for origin, cpv in todo:
        print("%s =%s" % (origin, cpv))


def read_build_times(binhost):
    """By cpv, the time of its newest build: the one that Portage takes."""
    with urllib.request.urlopen(binhost + "/Packages", timeout=60) as answer:
        text = answer.read().decode("utf-8", "replace")
    times = {}
    for stanza in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.split("\n") if ": " in line)
        if "CPV" in fields:
            time = fields.get("BUILD_TIME", "0")
            times[fields["CPV"]] = max(times.get(fields["CPV"], "0"), time, key=lambda one: int(one) if one.isdigit() else 0)
    return times


def read_installed(installed, cpv, slot):
    """What is installed in the slot of a package; None where nothing is."""
    name = portage.versions.cpv_getkey(cpv)
    found = installed.match("%s:%s" % (name, slot))
    if not found:
        return None
    return dict(zip(KEYS, installed.aux_get(found[-1], list(KEYS))), cpv=str(found[-1]))


def compare_base(cpv, slot, sub_slot, here):
    if here is None:
        fail("%s is part of the plan's base system and is not installed" % cpv)
    if (here["SLOT"].split("/") + here["SLOT"].split("/"))[1] != sub_slot:
        fail("%s has the sub-slot %s, and the plan was made with %s" % (here["cpv"], here["SLOT"], slot + "/" + sub_slot))


def find_blocked(trees, wanted, planned):
    """What is installed and no part of the plan, and blocks a wanted package or is blocked by it."""
    installed, ebuilds = (trees[tree].dbapi for tree in ("vartree", "porttree"))
    found = []
    for cpv in wanted:
        for block in read_blockers(ebuilds, cpv):
            found += [str(other) for other in installed.match(block.without_use) if str(other) not in planned]
    for other in map(str, installed.cpv_all()):
        if other not in planned and any(matches(block, wanted) for block in read_blockers(installed, other)):
            found.append(other)
    return sorted(set(found))


def matches(block, wanted):
    return bool(portage.dep.match_from_list(block.without_use, wanted)) if wanted else False


def read_blockers(database, cpv):
    try:
        eapi, use, *texts = database.aux_get(cpv, ["EAPI", "USE", "RDEPEND", "DEPEND"])
        atoms = [atom for text in texts for atom in use_reduce(text, uselist=use.split(), flat=True, token_class=Atom, eapi=eapi)]
    except Exception:
        return []
    return [Atom(str(atom).lstrip("!")) for atom in atoms if isinstance(atom, Atom) and atom.blocker]


def fail(text):
    print(">>> swarm: " + text, file=sys.stderr)
    sys.exit(76)


main(sys.argv[1].rstrip("/"), json.loads(sys.argv[2]))
