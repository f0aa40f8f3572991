"""Prints what a client needs, by its own Portage and the binhost of its target, as one JSON document.

    python3 - WORD... < serve-index.py + plan.py + client-needs.py

WORD is what emerge upgrades: @world, or one atom. emerge is asked twice, with --pretend: what the client wants with every
package at hand (`want`), and what it takes from binaries alone (`take`). For each package that it wants and the binhost has not,
each binary of that name is listed with the reasons against it. Put after plan.py, of which it replaces what differs on a client:
installed packages count. Nothing is changed.
"""

ALWAYS = [word for word in ALWAYS if not word.startswith("--ignore-built")]  # noqa: F821
ALWAYS += ["--update", "--deep", "--newuse", "--with-bdeps=n", "--oneshot"]
OPTIONS = {"want": ["--usepkg", "--getbinpkg"], "take": ["--getbinpkgonly"]}
TREES = []


def solve(compute, settings, trees, options, params, *rest):
    """emerge's own computation, as it is."""
    TREES[:] = [trees]
    return compute(settings, trees, options, params, *rest), {}, {}


def read_graph(graph):
    """The packages that emerge would merge: those that the request needs to run, and those that replace an installed one."""
    from _emerge.Package import Package

    depgraph = graph.depgraph
    if graph.success:
        merged = [task for task in depgraph.altlist() if isinstance(task, Package) and task.operation == "merge"]
    else:
        merged = [package for package in graph.edges if package.operation == "merge"]
    needed = run_time_closure(graph)
    packages = [describe_wanted(package, graph) for package in merged if package in needed or installed_in_slot(package)]
    return {"packages": packages}


def run_time_closure(graph):
    found, queue = set(), list(graph.targets)
    while queue:
        package = queue.pop()
        if package not in found:
            found.add(package)
            queue.extend(child for child, kinds in graph.edges.get(package, ()) if set(kinds).intersection(RUN + POST))
    return found


def installed_in_slot(package):
    found = package.root_config.trees["vartree"].dbapi.match("%s:%s" % (package.cp, package.slot))
    return str(found[-1]) if found else None


def describe_wanted(package, graph):
    wanted = {
        "cpv": str(package.cpv),
        "cp": str(package.cp),
        "slot": str(package.slot),
        "sub_slot": str(package.sub_slot),
        "repo": str(package.repo),
        "type": package.type_name,
        "use": used_flags(package, graph),
        "iuse": sorted(package.iuse.all),
        "installed": installed_in_slot(package),
        "needs": sorted(str(child.cpv) for child, kinds in graph.edges.get(package, ()) if set(kinds).intersection(RUN + POST)),
        "binaries": [],
    }
    if package.type_name == "ebuild":
        binaries = package.root_config.trees["bintree"].dbapi.cp_list(package.cp)
        wanted["binaries"] = [describe_binary(cpv, package, graph) for cpv in binaries]
    return wanted


def used_flags(package, graph):
    return sorted(flag for flag in graph.use_of(package) if flag in package.iuse.all)


def describe_binary(cpv, wanted, graph):
    """A binary of the binhost, and all that keeps this client from taking it."""
    binary = graph.depgraph._pkg(cpv, "binary", wanted.root_config)
    flags = binary.iuse.all.intersection(wanted.iuse.all)
    ours, theirs = set(used_flags(wanted, graph)), set(used_flags(binary, graph))
    return {
        "cpv": str(cpv),
        "slot": str(binary.slot),
        "masks": masks_of(binary, graph),
        "added": sorted(flag for flag in ours - theirs if flag in flags or flag not in binary.iuse.all),
        "removed": sorted(flag for flag in theirs - ours if flag in flags),
        "built_against": [text for text in map(graph.differs, built_slot_atoms(binary)) if text],
    }


def masks_of(package, graph):
    from _emerge.depgraph import get_masking_status

    settings = graph.depgraph._frozen_config.pkgsettings[package.root]
    return [str(reason) for reason in get_masking_status(package, settings, package.root_config)]


def world_of(trees):
    """The atoms of the client's world file and of the sets that it names."""
    atoms = set()
    for tree in trees.values():
        try:
            atoms.update(map(str, tree["root_config"].setconfig.getSetAtoms("selected")))
        except Exception:  # a set that is gone: emerge itself reports it
            pass
    return sorted(atoms)


def installed_of(trees):
    found = []
    for tree in trees.values():
        installed = tree["vartree"].dbapi
        for cpv in installed.cpv_all():
            slot, use, repo = installed.aux_get(cpv, ["SLOT", "USE", "repository"])
            iuse = {flag.lstrip("+-") for flag in installed.aux_get(cpv, ["IUSE"])[0].split()}
            flags = sorted(flag for flag in use.split() if flag in iuse)
            slot, _, sub_slot = slot.partition("/")
            found.append({"cpv": str(cpv), "slot": slot, "sub_slot": sub_slot or slot, "repo": repo, "use": flags})
    return found


def main():
    words = sys.argv[1:]
    document = {"binhost": OWN_BINHOST}  # noqa: F821
    for name, options in OPTIONS.items():
        answer = plan(options + words)
        document[name] = {
            "success": answer["success"],
            "status": answer["status"],
            "packages": answer["packages"],
            "messages": answer["messages"] + answer.get("error", ""),
        }
        document["portage"] = answer["portage"]
    trees = TREES[0] if TREES else {}
    document.update(world=world_of(trees), installed=installed_of(trees), toolchain=toolchain_of(trees), cpuFlags=read_cpu_flags())  # noqa: F821
    json.dump(document, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()


main()
