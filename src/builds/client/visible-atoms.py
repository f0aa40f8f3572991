"""Prints which atoms the configuration of the target can build, as JSON: by atom null, or why not.

    python3 - ATOM... < target-config.py + visible-atoms.py
"""


def why_not(portdb, settings, atom):
    from portage.package.ebuild.getmaskingstatus import getmaskingstatus

    if portdb.xmatch("match-visible", atom):
        return None
    versions = portdb.xmatch("match-all", atom)
    if not versions:
        return "no repository of the target has it"
    masks = getmaskingstatus(versions[-1], settings=settings, portdb=portdb)
    return "%s is masked for the target: %s" % (versions[-1], ", ".join(masks) or "for another reason")


def main():
    import portage
    from portage.dep import Atom
    from portage.exception import InvalidAtom

    portdb = portage.db[portage.root]["porttree"].dbapi
    found = {}
    for text in sys.argv[1:]:
        try:
            atom = Atom(text, allow_repo=True)
            found[text] = why_not(portdb, portage.settings, atom)
        except InvalidAtom:
            found[text] = "it is not an atom"
    json.dump(found, sys.stdout)


main()
