"""Part of the program that plans, put before plan.py: what emerge has computed, as packages and the edges between them."""

BUILD = ("BDEPEND", "DEPEND")
RUN = ("RDEPEND", "IDEPEND")
POST = ("PDEPEND",)


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
        a set. Sets of emerge's own making are not a wish of anyone."""
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
