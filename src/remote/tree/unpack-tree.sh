# Unpacks a folder that swarm sends. Argument: FOLDER. stdin: a tar with `tree/` and with `moves`, shell commands that put each file
# of the tree in its place. Everything is unpacked beside its place before the first rename.
# Exit 73: the folder cannot be made; 74: the tar cannot be unpacked.
export LC_ALL=C
umask 022 # of a login it may be 077, and then nobody reads the folders that are made here
mkdir -p -- "$1" && cd -- "$1" || exit 73
sweep_leftovers ./.swarm-push
# shellcheck disable=SC2154 # sweep_leftovers sets it
t=${own_leftover#./}
trap 'rm -rf "./$t"' EXIT
trap 'exit 129' HUP
trap 'exit 143' TERM
mkdir -m 0700 "$t" && tar -xpof - -C "$t" || exit 74
# shellcheck source=/dev/null
. "./$t/moves"
