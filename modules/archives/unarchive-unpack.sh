# Unpacks an archive into a folder. Exit 1, and nothing is written to the folder: it has an absolute path, a ".." or a link that leads out.
# Prints the names in it that it took. Arguments: ARCHIVE FOLDER STRIP KIND MODE NEWER COUNT EXCLUDED... WORD... KIND: zip, or the letter
# of tar for how it is packed; MODE "": as packed; NEWER yes: newer files in FOLDER stay; COUNT: how many EXCLUDED there are; WORD: more words
# for tar or unzip.
# Needs: exact_mode, copy_tree, sweep_leftovers. The tar of busybox lists such paths without what leads out, and warns.
archive=$1 folder=$2 strip=$3 kind=$4 mode=$5 newer=$6 count=$7
shift 7
umask 022
if [ "$kind" = zip ]; then names=$(unzip -Z1 "$archive" 2>&1); else names=$(LC_ALL=C tar -t"$kind"f "$archive" 2>&1); fi ||
  { echo "the archive cannot be read" >&2; exit 1; }
case "
$names" in
  *"
/"* | *"
tar: "[Rr]"emoving leading '/'"*) echo 'the archive has an absolute path in it' >&2; exit 1 ;;
  *"
tar: "[Rr]"emoving leading '"*) echo 'the archive has a path with .. in it' >&2; exit 1 ;;
esac
case "/$(printf %s "$names" | tr '\n' /)/" in
  */../*) echo 'the archive has a path with .. in it' >&2; exit 1 ;;
esac
mkdir -p -- "$folder" || exit
sweep_leftovers "$folder/.swarm-unpack"
# shellcheck disable=SC2154 # sweep_leftovers sets it
work=$(mktemp -d "${own_leftover}XXXXXX") || exit
list=$work.list # swept like it
: >"$list" || exit
trap 'rm -rf -- "$work" "$list"' EXIT
while [ "$count" -gt 0 ]; do printf '%s\n' "$1" >>"$list"; shift; count=$((count - 1)); done
if [ "$kind" = zip ]; then unzip -q -o "$archive" "$@" -d "$work"; else tar -xo"$kind"f "$archive" -C "$work" "$@"; fi || exit
cd "$work" || exit
# not by tar: that of busybox may not know how
while IFS= read -r pattern; do find . -depth -mindepth 1 -path "*/$pattern" -exec rm -rf -- {} + || exit; done <"$list"
find . -type l -exec sh -c '
for link; do
  target=$(readlink "$link")
  case $target in /*) exit 1 ;; esac
  at=$(dirname "$link")/$target depth=0
  IFS=/
  set -f
  for part in $at; do
    case $part in "" | .) ;; ..) depth=$((depth - 1)); [ $depth -ge 0 ] || exit 1 ;; *) depth=$((depth + 1)) ;; esac
  done
  unset IFS
done' sh {} + || { echo 'the archive has a link that leads out of it' >&2; exit 1; }
while [ "$strip" -gt 0 ]; do
  mkdir .swarm-stripped || exit
  for entry in * .[!.]*; do
    [ -d "$entry" ] && [ ! -L "$entry" ] && [ "$entry" != .swarm-stripped ] && { copy_tree "$entry" .swarm-stripped || exit; }
  done
  find . -mindepth 1 -maxdepth 1 ! -name .swarm-stripped -exec rm -rf {} +
  copy_tree .swarm-stripped . && rm -rf .swarm-stripped || exit
  strip=$((strip - 1))
done
find . -mindepth 1 | sed 's,^\./,,'
[ -z "$mode" ] || find . -depth -mindepth 1 ! -type l -exec chmod -- "$(exact_mode "$mode")" {} + || exit
update=
[ "$newer" = no ] || update=-u
copy_tree . "$folder" "$update"
