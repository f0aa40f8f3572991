"""Prints the dependency graph that emerge itself computes, as one JSON document.

    python3 - [OPTIONS OF EMERGE] ATOM... < plan.py

Runs `emerge --pretend` in this process and looks at what it has computed: every package of
the graph, what kind of dependency leads from one to another, and the order of merging.
Of what is installed only @system and what it needs to run counts; of all else the graph tells
whether there is a binary of it. With --emptytree nothing counts as installed.
Nothing is built and nothing is changed. Needs Portage 3.0.30 or newer.
"""

import json
import os
import sys
import tempfile
import traceback

ALWAYS = ["--pretend", "--color=n", "--ignore-default-opts", "--nospinner"]
# The sub-slots that a binary was built against are compared with the whole result (stale_binaries), not one by one.
ALWAYS += ["--binpkg-respect-use=y", "--ignore-built-slot-operator-deps=y"]
BUILD = ("BDEPEND", "DEPEND")
RUN = ("RDEPEND", "IDEPEND")
POST = ("PDEPEND",)


class Capture:
    """Everything that is written to stdout and stderr while it is entered, children included."""

    def __enter__(self):
        sys.stdout.flush()
        sys.stderr.flush()
        self.file = tempfile.TemporaryFile()
        self.saved = (os.dup(1), os.dup(2))
        os.dup2(self.file.fileno(), 1)
        os.dup2(self.file.fileno(), 2)
        return self

    def __exit__(self, *_):
        sys.stdout.flush()
        sys.stderr.flush()
        for fd, saved in zip((1, 2), self.saved):
            os.dup2(saved, fd)
            os.close(saved)
        self.file.seek(0)
        self.text = self.file.read().decode("utf-8", "replace")
        self.file.close()


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


def reduced(package, use, key, token_class=None):
    from portage.dep import use_reduce
    from portage.exception import InvalidDependString

    try:
        return use_reduce(
            package._metadata.get(key, ""),
            uselist=use,
            flat=True,
            token_class=token_class,
            eapi=package.eapi,
        )
    except InvalidDependString:
        return []


class Kinds:
    """Tells which variables of an ebuild are behind an edge. The graph itself knows only when
    a dependency is needed; which of two variables it stood in is told by their atoms."""

    def __init__(self, use_of):
        self.use_of = use_of
        self.atoms = {}

    def of(self, parent, child, priorities):
        kinds = set()
        for priority in priorities:
            if getattr(priority, "ignored", False):
                continue
            if getattr(priority, "buildtime", False):
                kinds.update(self.among(parent, child, BUILD, "DEPEND"))
            elif getattr(priority, "runtime_post", False):
                kinds.update(POST)
            else:
                kinds.update(self.among(parent, child, RUN, "RDEPEND"))
        return sorted(kinds)

    def among(self, parent, child, keys, otherwise):
        found = [key for key in keys if self.names(parent, key, child)]
        return found or [otherwise]

    def names(self, parent, key, child):
        from portage.dep import Atom

        if (parent, key) not in self.atoms:
            atoms = [a for a in reduced(parent, self.use_of(parent), key, Atom) if isinstance(a, Atom)]
            self.atoms[(parent, key)] = [a for a in atoms if not a.blocker]
        return any(a.cp == child.cp for a in self.atoms[(parent, key)])


class Graph:
    """What emerge has computed: the packages, the edges between them, what was asked for."""

    def __init__(self, success, depgraph):
        from _emerge.Package import Package

        self.success = success
        self.depgraph = depgraph
        self.digraph = depgraph._dynamic_config.digraph
        # With the USE changes that emerge proposes, where it proposes some.
        self.use_of = getattr(depgraph, "_pkg_use_enabled", lambda package: package.use.enabled)
        kinds = Kinds(self.use_of)
        self.edges = {node: [] for node in self.digraph.nodes if isinstance(node, Package)}
        for node in self.edges:
            for child, priorities in self.digraph.nodes[node][0].items():
                if child in self.edges:
                    found = kinds.of(node, child, priorities)
                    if found:
                        self.edges[node].append((child, found))
        self.targets, self.named = self.asked()
        self.system_sets = {}

    def asked(self):
        """The packages that were asked for, and those of them that were asked for one by one, not with
        a set. Sets of emerge's own making are no wish of anyone."""
        targets, named = set(), set()
        arguments = self.depgraph._dynamic_config._initial_arg_list
        for argument in self.depgraph._expand_set_args(arguments):
            if argument.internal or argument not in self.digraph:
                continue
            found = [child for child in self.digraph.child_nodes(argument) if child in self.edges]
            targets.update(found)
            if not hasattr(argument, "name"):
                named.update(found)
        return targets, named

    def system(self, package):
        """Whether it is a member of @system, as Portage's own sets have it."""
        from portage._sets import PackageSetNotFound
        from portage._sets.base import InternalPackageSet

        if package.root not in self.system_sets:
            try:
                atoms = package.root_config.setconfig.getSetAtoms("system")
            except PackageSetNotFound:
                atoms = ()
            self.system_sets[package.root] = InternalPackageSet(initial_atoms=atoms)
        return self.system_sets[package.root].findAtomForPackage(package) is not None

    def stale_binaries(self):
        """The binaries that were built against another sub-slot than this graph has, with the reason."""
        found = {}
        for package in self.edges:
            if package.type_name == "binary":
                for atom in built_slot_atoms(package):
                    reason = self.differs(atom)
                    if reason:
                        found[package] = reason
        return found

    def differs(self, atom):
        """Which sub-slot the graph has where the atom names another one. None: the same, or no such package."""
        chosen = [p for p in self.edges if p.cp == atom.cp and p.slot == atom.slot]
        if not chosen or any(p.sub_slot == atom.sub_slot for p in chosen):
            return None
        return "built against %s:%s/%s, now %s/%s" % (atom.cp, atom.slot, atom.sub_slot, atom.slot, chosen[0].sub_slot)


def built_slot_atoms(package):
    """The dependencies of a binary that name the slot and sub-slot that it was built against."""
    from portage.dep import Atom

    atoms = [a for key in BUILD + RUN + POST for a in reduced(package, package.use.enabled, key, Atom)]
    return [a for a in atoms if isinstance(a, Atom) and not a.blocker and a.slot_operator_built and a.sub_slot]


def hide_installed(trees):
    """What is installed counts only where it belongs to @system, or where @system needs it to run. What earlier builds
    left on this machine must not decide what others get: it is planned like anything else."""
    from portage.dbapi.vartree import vardbapi

    base = {root: base_packages(tree) for root, tree in trees.items()}
    cpv_all, cp_list = vardbapi.cpv_all, vardbapi.cp_list

    def visible(self, found):
        kept = base.get(self.settings["EROOT"], set())
        return [cpv for cpv in found if str(cpv) in kept]

    vardbapi.cpv_all = lambda self, *args, **kwargs: visible(self, cpv_all(self, *args, **kwargs))
    vardbapi.cp_list = lambda self, *args, **kwargs: visible(self, cp_list(self, *args, **kwargs))


def base_packages(tree):
    """The versions of @system that are installed, and those that they need to run."""
    from portage._sets import PackageSetNotFound
    from portage.dep import Atom, use_reduce
    from portage.exception import InvalidDependString

    installed = tree["vartree"].dbapi
    try:
        queue = list(tree["root_config"].setconfig.getSetAtoms("system"))
    except PackageSetNotFound:
        queue = []
    found = set()
    while queue:
        for cpv in installed.match(queue.pop()):
            if str(cpv) in found:
                continue
            found.add(str(cpv))
            eapi, use, *texts = installed.aux_get(cpv, ["EAPI", "USE"] + list(RUN + POST))
            for text in texts:
                try:
                    atoms = use_reduce(text, uselist=use.split(), flat=True, token_class=Atom, eapi=eapi)
                except InvalidDependString:
                    continue
                queue.extend(a for a in atoms if isinstance(a, Atom) and not a.blocker)
    return found


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
    }


def solve(compute, settings, trees, options, params, *rest):
    """emerge's own computation, done again without the binaries that do not fit into its result: a client could not
    install them together with the rest. Answers with that, and with the reason for each binary that was left out."""
    moves = package_moves(trees, rest[1] if len(rest) > 1 else ())  # noqa: F821
    stale = hide_moved(trees, moves)  # noqa: F821
    hide_installed(trees)
    while True:
        result = compute(settings, trees, options, params, *rest)
        found = Graph(*result[:2]).stale_binaries() if result[0] else {}
        if not found:
            return result, stale, moves
        for package, reason in found.items():
            stale[str(package.cpv)] = reason
            trees[package.root]["bintree"].dbapi.cpv_remove(package.cpv)


def plan(arguments):
    """Runs emerge with a look at its one call that computes the graph."""
    import portage

    portage._internal_caller = True
    portage._disable_legacy_globals()
    from _emerge import actions
    from _emerge.main import emerge_main, parse_opts

    seen = {}
    compute = actions.backtrack_depgraph

    def look(*args, **kwargs):
        result, seen["stale"], seen["moves"] = solve(compute, *args, **kwargs)
        seen["success"], seen["graph"] = bool(result[0]), result[1]
        return result

    actions.backtrack_depgraph = look
    document = {"portage": str(portage.VERSION)}
    with Capture() as output:
        try:
            document["status"] = emerge_main(args=ALWAYS + arguments) or 0
        except SystemExit as leaving:
            document["status"] = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:
            document["status"] = 1
            document["error"] = traceback.format_exc()
        try:
            document["arguments"] = list(parse_opts(ALWAYS + arguments, silent=True)[2])
        except BaseException:
            document["arguments"] = [a for a in arguments if not a.startswith("-")]
    document["success"] = seen.get("success", False) and document["status"] == 0
    document["messages"] = output.text
    document.update(packages=[], targets=[], named=[], blockers=[], stale=seen.get("stale", {}))
    document["moves"] = [{"from": old, "to": new} for old, new in seen.get("moves", {}).items()]
    if "graph" in seen:
        document.update(read_graph(Graph(seen["success"], seen["graph"])))
    return document


def main():
    arguments = sys.argv[1:]
    try:
        document = plan(arguments)
    except ImportError as missing:
        document = {
            "status": 127,
            "success": False,
            "portage": None,
            "arguments": arguments,
            "packages": [],
            "targets": [],
            "named": [],
            "blockers": [],
            "stale": {},
            "messages": "",
            "error": "Portage's modules cannot be imported by %s: %s" % (sys.executable, missing),
        }
    json.dump(document, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
