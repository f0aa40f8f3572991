# Functions for programs that set modes.
# exact_mode MODE prints it for chmod, which with four digits leaves the set-group-ID bit of a folder on GNU systems.
exact_mode() {
  case $1 in [0-7]*) printf 0%s "$1" ;; *) printf %s "$1" ;; esac
}
# copy_tree FROM TO [OPTION]: what is in a folder, with owners, modes and times. cp leaves new folders the set-group-ID bit of the folder above.
copy_tree() {
  (
    tree=$(cd "$2" && pwd) && cd "$1" || exit
    find . -mindepth 1 -maxdepth 1 -exec sh -c '
tree=$1 option=$2
shift 2
for each; do cp -RPp $option -- "$each" "$tree/" || exit; done' sh "$tree" "${3:-}" {} + || exit
    find . -depth -mindepth 1 -type d -exec sh -c '
tree=$1
shift
for each; do chmod -- "00$(stat -c %a "$each")" "$tree/$each" || exit; done' sh "$tree" {} +
  )
}
