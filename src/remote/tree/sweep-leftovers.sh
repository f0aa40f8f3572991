# sweep_leftovers PREFIX: removes what programs of this user that were killed left beside their target: PREFIX.PID, or PREFIX.PID.ANYTHING.
sweep_leftovers() {
  [ -d /proc/self ] || return 0
  for left in "$1".*; do
    pid=${left#"$1".}
    pid=${pid%%.*}
    case $pid in '' | *[!0-9]*) continue ;; esac
    [ ! -d "/proc/$pid" ] && [ -O "$left" ] && rm -rf -- "$left"
  done
  :
}
# new_temporary PID [-d]: makes a file (-d: a folder) that process PID needs, and prints its path. What killed processes of this user left goes
# first. Needs: mktemp.
new_temporary() {
  sweep_leftovers "${TMPDIR:-/tmp}/swarm-tmp"
  mktemp ${2:+"$2"} "${TMPDIR:-/tmp}/swarm-tmp.$1.XXXXXX"
}
# whole_input FILE SIZE: writes stdin to FILE. Fails where fewer bytes come, as when what wrote them was killed.
whole_input() {
  cat >"$1" || return
  [ "$(wc -c <"$1")" -eq "$2" ] || { echo 'the input ended too early' >&2; return 1; }
}
