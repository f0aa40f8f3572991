"""Prints the dependency graph that emerge itself computes, as one JSON document.

    python3 - [OPTIONS OF EMERGE] ATOM... < plan-graph.py + base-system.py + describe-graph.py + package-moves.py + watch-emerge.py + plan.py

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


def solve(compute, settings, trees, options, params, *rest):
    """emerge's own computation, done again without the binaries that do not fit into its result: a client could not
    install them together with the rest. Answers with that, and with the reason for each binary that was left out."""
    moves = package_moves(trees, rest[1] if len(rest) > 1 else ())
    stale = hide_moved(trees, moves)
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
    watch_for_hang(os.dup(2))
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
