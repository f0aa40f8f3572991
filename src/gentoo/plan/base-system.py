"""Part of the program that plans, put before plan.py: which installed packages count."""


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
