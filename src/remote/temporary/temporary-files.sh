# new_temporary PID [-d]: makes a file (-d: a folder) that process PID needs, and prints its path. What killed processes of this user left goes
# first. Needs: sweep_leftovers, mktemp.
new_temporary() {
  sweep_leftovers "${TMPDIR:-/tmp}/swarm-tmp"
  mktemp ${2:+"$2"} "${TMPDIR:-/tmp}/swarm-tmp.$1.XXXXXX"
}
# whole_input FILE SIZE: writes stdin to FILE. Fails where fewer bytes come, as when what wrote them was killed.
whole_input() {
  cat >"$1" || return
  [ "$(wc -c <"$1")" -eq "$2" ] || { echo 'the input ended too early' >&2; return 1; }
}
