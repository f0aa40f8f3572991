"""Part of the program that plans, put before plan.py: what the repositories renamed or moved to another slot.

Portage applies these moves (profiles/updates) to what is installed and to the packages in PKGDIR, but not to the index of a binhost.
"""


def package_moves(trees, arguments):
    """The moves that concern what was asked for, or a binary: its name, its slot, what it needs to run. In the form that
    src/gentoo/binhost/package-moves.ts reads: from an atom to a name, or to a name and slot."""
    tree = trees[max(trees)]
    names = mentioned_names(tree["bintree"].dbapi, arguments)
    ebuilds = tree["porttree"].dbapi
    found = {}
    for path in update_folders(ebuilds):
        for command, *words in read_updates(path, names):
            old, new = move_of(command, words)
            for known in [known for known, now in found.items() if now == old]:
                found[known] = new
            found[old] = new
    # An overlay may still have the package, and names may be used again.
    return {old: new for old, new in found.items() if old != new and not ebuilds.xmatch("match-all", old)}


def update_folders(ebuilds):
    import os

    folders = [os.path.join(repo.location, "profiles", "updates") for repo in ebuilds.repositories]
    return sorted({os.path.realpath(folder) for folder in folders if os.path.isdir(folder)})


def read_updates(folder, names):
    """The moves of one repository, oldest first, that concern these names or what they were renamed to."""
    from portage.dep import dep_getkey
    from portage.exception import DirectoryNotFound, InvalidAtom
    from portage.update import grab_updates, parse_updates

    names, lines = set(names), []
    try:
        texts = [content for _, _, content in grab_updates(folder)]
    except DirectoryNotFound:
        return []
    for line in "\n".join(texts).split("\n"):
        words = line.split()
        try:
            if len(words) == 3 and words[0] == "move" and words[1] in names:
                names.add(words[2])
                lines.append(line)
            elif len(words) == 4 and words[0] == "slotmove" and dep_getkey(words[1]) in names:
                lines.append(line)
        except InvalidAtom:
            pass
    return parse_updates("\n".join(lines))[0]


def move_of(command, words):
    """`move cat/old cat/new` or `slotmove ATOM OLD NEW`."""
    if command == "move":
        return str(words[0]), str(words[1])
    atom, old, new = words
    return "%s:%s" % (atom, old), "%s:%s" % (atom.cp, new)


def mentioned_names(binaries, arguments):
    from portage.dep import Atom
    from portage.exception import InvalidAtom

    words = {word for word in arguments if "/" in word}
    names = set()
    for cpv in binaries.cpv_all():
        names.add(cpv.cp)
        for text in binaries.aux_get(cpv, list(RUN + POST)):
            words.update(text.split())
    for word in words:
        if "/" in word and not word.startswith("!"):
            try:
                names.add(Atom(word, allow_repo=True).cp)
            except InvalidAtom:
                pass
    return names


def hide_moved(trees, moves):
    """Takes out the binaries that have an old name or slot, or need one to run: clients whose tree has the move cannot use them.
    Answers with the reason for each, also under its new name."""
    hidden = {}
    for tree in trees.values():
        binaries = tree["bintree"].dbapi
        for cpv in list(binaries.cpv_all()) if moves else ():
            for old, new in moves.items():
                reason = moved_by(binaries, cpv, old)
                if reason:
                    hidden[str(cpv)] = hidden[str(cpv).replace(old, new, 1)] = "%s is now %s" % (old, new)
                    binaries.cpv_remove(cpv)
                    break
    return hidden


def moved_by(binaries, cpv, old):
    """Whether a move from an atom concerns a binary."""
    from portage.dep import Atom, match_from_list
    from portage.exception import InvalidAtom

    moved = Atom(old)
    if cpv.cp == moved.cp and match_from_list(moved, [cpv]):
        return True
    if moved.version is not None:
        return False  # Portage changes no dependency for a move of some versions only
    for word in " ".join(binaries.aux_get(cpv, list(RUN + POST))).split():
        if moved.cp in word and not word.startswith("!"):
            try:
                atom = Atom(word, allow_repo=True)
            except InvalidAtom:
                continue
            if atom.cp == moved.cp and moved.slot in (None, atom.slot):
                return True
    return False
