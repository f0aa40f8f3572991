"""Prints the dependency graph that emerge itself computes, as one JSON document.

    python3 - [OPTIONS OF EMERGE] ATOM... < plan.py

Runs `emerge --pretend` in this process and looks at what it has computed: every package of
the graph, what kind of dependency leads from one to another, and the order of merging.
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


def describe(package, use, order, edges):
    by_id = {}
    for child, kinds in edges:
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
        "use": sorted(f for f in use if f in package.iuse.all),
        "iuse": sorted(package.iuse.all),
        "restrict": sorted(set(reduced(package, use, "RESTRICT"))),
        "properties": sorted(set(reduced(package, use, "PROPERTIES"))),
        "bdepend_edges": sorted(i for i, kinds in by_id.items() if kinds.intersection(BUILD)),
        "rdepend_edges": sorted(i for i, kinds in by_id.items() if kinds.intersection(RUN + POST)),
        "edge_kinds": {i: sorted(kinds) for i, kinds in sorted(by_id.items())},
    }


def read_graph(success, graph):
    """The packages of a depgraph, those that are merged first and in their order."""
    from _emerge.Blocker import Blocker
    from _emerge.Package import Package

    tasks = graph.altlist() if success else graph._dynamic_config._serialized_tasks_cache or ()
    merged = [task for task in tasks if isinstance(task, Package)]
    blockers = [task for task in tasks if isinstance(task, Blocker) and not task.satisfied]
    order = {package: n for n, package in enumerate(merged)}
    digraph = graph._dynamic_config.digraph
    # With the USE changes that emerge proposes, where it proposes some.
    use_of = getattr(graph, "_pkg_use_enabled", lambda package: package.use.enabled)
    kinds = Kinds(use_of)
    edges = {node: [] for node in digraph.nodes if isinstance(node, Package)}
    for node in edges:
        for child, priorities in digraph.nodes[node][0].items():
            if child in edges:
                found = kinds.of(node, child, priorities)
                if found:
                    edges[node].append((child, found))
    for package in merged:
        edges.setdefault(package, [])
    packages = sorted(edges, key=lambda p: (order.get(p, len(order)), identify(p)))
    return {
        "packages": [describe(package, use_of(package), order, edges[package]) for package in packages],
        "blockers": sorted({str(blocker.atom) for blocker in blockers}),
    }


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
        result = compute(*args, **kwargs)
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
    document.update(packages=[], blockers=[])
    if "graph" in seen:
        document.update(read_graph(seen["success"], seen["graph"]))
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
            "blockers": [],
            "messages": "",
            "error": "Portage's modules cannot be imported by %s: %s" % (sys.executable, missing),
        }
    json.dump(document, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()


main()
