"""Part of the program that plans, put before plan.py: the graph as src/gentoo/plan/dependency-graph.ts reads it."""


def identify(package):
    text = "%s:%s:%s::%s" % (package.type_name, package.cpv, package.slot, package.repo)
    build_id = number(package, "build_id")
    if build_id is not None:
        text += "#%d" % build_id
    if package.root != "/":
        text += "@%s" % package.root
    return text


def number(package, name):
    """build_id and build_time: of binary and installed packages only."""
    if package.type_name == "ebuild":
        return None
    value = getattr(package.cpv, name, None)
    return value if isinstance(value, int) and value > 0 else None


def remote(package):
    """Whether a binary package is still on the binhost, to be fetched."""
    if package.type_name != "binary":
        return False
    return bool(package.root_config.trees["bintree"].isremote(package.cpv))


def describe(package, graph, order):
    use = graph.use_of(package)
    by_id = {}
    for child, kinds in graph.edges.get(package, ()):
        by_id.setdefault(identify(child), set()).update(kinds)
    return {
        "id": identify(package),
        "cpv": str(package.cpv),
        "cp": str(package.cp),
        "version": str(package.version),
        "slot": str(package.slot),
        "sub_slot": str(package.sub_slot),
        "repo": str(package.repo),
        "root": str(package.root),
        "type": package.type_name,
        "operation": package.operation,
        "order": order.get(package),
        "remote": remote(package),
        "build_id": number(package, "build_id"),
        "build_time": number(package, "build_time"),
        "system": graph.system(package),
        "use": sorted(f for f in use if f in package.iuse.all),
        "iuse": sorted(package.iuse.all),
        "fixed": fixed_flags(package),
        "restrict": sorted(set(reduced(package, use, "RESTRICT"))),
        "properties": sorted(set(reduced(package, use, "PROPERTIES"))),
        "eapi": str(package.eapi),
        "ebuild": ebuild_digest(package),
        "flags": compiler_flags(package, graph),
        "bdepend_edges": sorted(i for i, kinds in by_id.items() if kinds.intersection(BUILD)),
        "rdepend_edges": sorted(i for i, kinds in by_id.items() if kinds.intersection(RUN + POST)),
        "edge_kinds": {i: sorted(kinds) for i, kinds in sorted(by_id.items())},
    }


def fixed_flags(package):
    """The flags of an ebuild that its profile forces or masks, so that no configuration of a user changes them."""
    if package.type_name != "ebuild":
        return []
    fixed = set(package.use.force).union(package.use.mask)
    return sorted(f for f in package.iuse.all if f in fixed)


def ebuild_digest(package):
    """SHA-256 of an ebuild that is compiled: Portage keeps a copy of it in the package. None for what is not compiled."""
    import hashlib

    if package.type_name != "ebuild" or package.operation != "merge":
        return None
    path = package.root_config.trees["porttree"].dbapi.findname2(package.cpv, myrepo=package.repo)[0]
    if path is None:
        return None
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def expanded_groups(depgraph):
    """The names of USE_EXPAND in lower case: python_targets."""
    names = set()
    for settings in depgraph._frozen_config.pkgsettings.values():
        names.update(settings.get("USE_EXPAND", "").lower().split())
    return sorted(names)


FLAGS = ("CHOST", "CFLAGS", "CXXFLAGS", "LDFLAGS")


def compiler_flags(package, graph):
    """What an ebuild is compiled with, package.env included. None for what is not compiled."""
    if package.type_name != "ebuild" or package.operation != "merge":
        return None
    settings = graph.depgraph._frozen_config.pkgsettings[package.root]
    settings.setcpv(package)
    return {name: " ".join(settings.get(name, "").split()) for name in FLAGS}


def libc_packages(depgraph):
    """The C library of the base system. Portage adds it, at the version that is installed, to what a package with programs needs to run."""
    try:
        from portage.dep.libc import find_libc_deps
    except ImportError:
        return []  # an older Portage, which adds nothing
    config = depgraph._frozen_config
    installed = config._trees_orig[config.target_root]["vartree"].dbapi
    found = []
    for cpv in sorted(map(str, find_libc_deps(installed, True))):
        slot, use = installed.aux_get(cpv, ["SLOT", "USE"])
        found.append({"cpv": cpv, "slot": slot.split("/")[0], "sub_slot": slot.split("/")[-1], "use": use.split()})
    return found


def read_graph(graph):
    """The packages of a graph, those that are merged first and in their order."""
    from _emerge.Blocker import Blocker
    from _emerge.Package import Package

    depgraph = graph.depgraph
    tasks = depgraph.altlist() if graph.success else depgraph._dynamic_config._serialized_tasks_cache or ()
    merged = [task for task in tasks if isinstance(task, Package)]
    blockers = [task for task in tasks if isinstance(task, Blocker) and not task.satisfied]
    order = {package: n for n, package in enumerate(merged)}
    packages = sorted(set(graph.edges).union(merged), key=lambda p: (order.get(p, len(order)), identify(p)))
    return {
        "packages": [describe(package, graph, order) for package in packages],
        "targets": sorted(map(identify, graph.targets)),
        "named": sorted(map(identify, graph.named)),
        "blockers": sorted({str(blocker.atom) for blocker in blockers}),
        "use_expand": expanded_groups(depgraph),
        "libc": libc_packages(depgraph),
    }
