# new_temporary PID [-d]: makes a file (-d: a folder) that process PID needs, that only this user can read, and prints its path. What killed
# processes left goes first. Where TMPDIR, or else /tmp, cannot be used, it is elsewhere. Needs: sweep_leftovers, mktemp.
new_temporary() {
  umask 077
  case ${TMPDIR-} in /*) ;; *) TMPDIR=/tmp ;; esac
  for folder in "$TMPDIR" /tmp /var/tmp /dev/shm; do
    sweep_leftovers "$folder/swarm-tmp"
    # shellcheck disable=SC2154 # sweep_leftovers sets it
    mktemp ${2:+"$2"} "$folder/swarm-tmp.$1@$machine@XXXXXX" 2>/dev/null && return
  done
  mktemp ${2:+"$2"} "$TMPDIR/swarm-tmp.$1@$machine@XXXXXX" # says why
}
# whole_input FILE SIZE: writes stdin to FILE. Fails where fewer bytes come, as when what wrote them was killed.
whole_input() {
  cat >"$1" || { echo "the input cannot be kept in $1" >&2; return 1; }
  [ "$(wc -c <"$1")" -eq "$2" ] || { echo 'the input ended too early' >&2; return 1; }
}
