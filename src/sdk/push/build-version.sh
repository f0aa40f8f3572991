# Makes the folder of a new version, a copy of the tree in use, without what is to go. Nothing that is in use changes.
# Arguments: VERSIONS NEW LIVE REMOVE; LIVE may be empty, REMOVE is "none" or "some". stdin: paths below NEW to remove, each with a NUL behind it.
# Files are copied, not linked: who writes into a file of one version changes no other.
# What an earlier push left goes. It is renamed first, in one step: it may belong to a push that goes on, whose switch then refuses.
# Exit 73: a folder cannot be made; 74: it cannot be copied.
export LC_ALL=C
umask 022
mkdir -p -- "${1%/*}" || exit 73
[ -d "$1" ] || { mkdir -m 0711 -- "$1" && chmod 00711 -- "$1"; } || exit 73 # five digits: no set-group-ID bit, which cp would hand on
cd -- "$1" || exit 73
mkdir ".gone.$$" && mv .new-* ".gone.$$/" 2>/dev/null
rm -rf .gone.*
(umask 077 && : >"./$2.json") && mkdir -m 0755 "./$2" || exit 73 # the first is how a push sees that another one took its folder away
[ -z "$3" ] && exit 0
cp -a --reflink=auto -- "$3/." "./$2/" 2>/dev/null || cp -a -- "$3/." "./$2/" || { rm -rf "./$2"; exit 74; }
[ "$4" = none ] && exit 0
cd "./$2" && xargs -0 rm -rf -- .swarm-no-such-file
