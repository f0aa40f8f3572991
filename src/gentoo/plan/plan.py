"""Prints the dependency graph that emerge itself computes, as one JSON document.

    python3 - [OPTIONS OF EMERGE] ATOM... < plan.py

Runs `emerge --pretend` in this process and looks at what it has computed: every package of
the graph, what kind of dependency leads from one to another, and the order of merging.
What the packages need to run counts as not installed, save @system, so that the graph tells
of each whether there is a binary of it; with --emptytree nothing counts as installed.
Nothing is built and nothing is changed. Needs Portage 3.0.30 or newer.
"""

import json
import os
import sys
import tempfile
import traceback

ALWAYS = ["--pretend", "--color=n", "--ignore-default-opts", "--nospinner"]
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

    def left_installed(self):
        """What those who asked need to run, and would not get, as it is installed here already. The
        graph ends at an installed package; what lies behind is looked up and may be too much."""
        queue = sorted(self.targets, key=identify)
        seen = set(queue)
        found = []
        while queue:
            package = queue.pop()
            if package.installed:
                found.append(package)
                children = self.installed_children(package)
            else:
                children = [c for c, kinds in self.edges[package] if kinds_of_running(kinds)]
            for child in children:
                if child not in seen and not self.system(child):
                    seen.add(child)
                    queue.append(child)
        return found

    def replaced(self):
        """What is installed in another version than emerge would merge, and would do as well: an
        update for its own sake, as for a binary that was built against it."""
        found = []
        for package in self.edges:
            if package.installed or package in self.targets:
                continue
            parents = self.depgraph._dynamic_config._parent_atoms.get(package, ())
            for old in self.installed(package.root).match_pkgs(package.slot_atom):
                if old.cpv != package.cpv and all(atom.match(old) for _, atom in parents):
                    found.append(old)
        return found

    def installed(self, root):
        return self.depgraph._frozen_config.trees[root]["vartree"].dbapi

    def installed_children(self, package):
        from portage.dep import Atom

        installed = self.installed(package.root)
        found = [child for child, kinds in self.edges.get(package, ()) if kinds_of_running(kinds)]
        for key in RUN + POST:
            for atom in reduced(package, package.use.enabled, key, Atom):
                if isinstance(atom, Atom) and not atom.blocker:
                    found.extend(installed.match_pkgs(atom))
        return found


def kinds_of_running(kinds):
    return any(kind in RUN + POST for kind in kinds)


class Closure:
    """Makes emerge take what the targets need to run for not installed, and hold the versions that
    are installed, where there is an ebuild or a binary of them: packages are built against what is
    installed and record it (:=), so no other version would do for who installs them."""

    def __init__(self, update):
        self.update = update
        self.again = {}  # by slot atom
        self.held = {}
        self.released = set()
        self.allowed = set()

    def extend(self, graph):
        """Takes in what is left installed. False: nothing new."""
        before = len(self.again), len(self.held), len(self.released)
        for package in graph.left_installed():
            if package.slot_atom in self.again and package in graph.edges:
                self.release([package.slot_atom])  # held in vain: it is masked, or so
            self.again[package.slot_atom] = package
            self.hold(package)
        for package in () if self.update else graph.replaced():
            self.hold(package)
        for package in graph.edges:
            if not package.installed and (package in graph.targets or package.slot_atom not in self.held):
                self.allowed.add(str(package.cpv))
        return before != (len(self.again), len(self.held), len(self.released))

    def hold(self, package):
        if package.slot_atom not in self.released:
            if str(package.cpv) in versions(package):
                self.held[package.slot_atom] = package
            else:
                self.released.add(package.slot_atom)

    def release(self, atoms):
        for atom in atoms:
            self.held.pop(atom, None)
            self.released.add(atom)

    def retreat(self):
        """Where there is no solution with what is held. False: nothing is."""
        update = [atom for atom in self.held if atom not in self.again]
        lost = update or list(self.held)
        self.release(lost)
        return bool(lost)

    def options(self, given):
        """emerge's options with those that make it so."""
        again = {"=" + str(p.cpv) if atom in self.held else str(p.cp) for atom, p in self.again.items()}
        stay = self.allowed.union(str(package.cpv) for package in self.held.values())
        others = {"=" + version for package in self.held.values() for version in versions(package) - stay}
        options = dict(given)
        for option, atoms in (("--reinstall-atoms", again), ("--exclude", others)):
            if atoms:
                options[option] = list(given.get(option) or []) + sorted(atoms)
        return options


def versions(package):
    """The versions of it that there are as an ebuild or as a binary."""
    trees = package.root_config.trees
    return {str(cpv) for tree in ("porttree", "bintree") for cpv in trees[tree].dbapi.cp_list(package.cp)}


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
        "restrict": sorted(set(reduced(package, use, "RESTRICT"))),
        "properties": sorted(set(reduced(package, use, "PROPERTIES"))),
        "bdepend_edges": sorted(i for i, kinds in by_id.items() if kinds.intersection(BUILD)),
        "rdepend_edges": sorted(i for i, kinds in by_id.items() if kinds.intersection(RUN + POST)),
        "edge_kinds": {i: sorted(kinds) for i, kinds in sorted(by_id.items())},
    }


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
    }


def solve(compute, settings, trees, options, params, *rest):
    """emerge's own computation, done again until nothing of the targets' closure counts as installed."""
    result = compute(settings, trees, options, params, *rest)
    if "--emptytree" in options or "--nodeps" in options:
        return result
    closure = Closure("--update" in options)
    # What else is installed on this machine is no reason to refuse: nothing is merged here.
    params = dict({"complete_if_new_use": "n", "complete_if_new_ver": "n"}, **params)
    while result[0] and closure.extend(Graph(*result[:2])):
        result = compute(settings, trees, closure.options(options), params, *rest)
        while not result[0] and closure.retreat():
            result = compute(settings, trees, closure.options(options), params, *rest)
    return result


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
        result = solve(compute, *args, **kwargs)
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
    document.update(packages=[], targets=[], named=[], blockers=[])
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
            "messages": "",
            "error": "Portage's modules cannot be imported by %s: %s" % (sys.executable, missing),
        }
    json.dump(document, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()


main()
