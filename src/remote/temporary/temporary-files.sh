# new_temporary PID [-d|SIZE]: makes a file (-d: a folder) that process PID needs, that only this user can read, and prints its path. What killed
# processes left goes first. Where TMPDIR, or else /tmp, cannot be used or has no room for SIZE bytes, it is elsewhere.
# Needs: sweep_leftovers, mktemp.
new_temporary() {
  umask 077
  case ${2-} in -d) kind=-d room=0 ;; *) kind='' room=${2:-0} ;; esac
  case ${TMPDIR-} in /*) ;; *) TMPDIR=/tmp ;; esac
  for folder in "$TMPDIR" /tmp /var/tmp /dev/shm; do
    sweep_leftovers "$folder/swarm-tmp"
    # shellcheck disable=SC2154 # sweep_leftovers sets it
    has_room "$folder" "$room" && mktemp $kind "$folder/swarm-tmp.$1@$machine@XXXXXX" 2>/dev/null && return
  done
  mktemp $kind "$TMPDIR/swarm-tmp.$1@$machine@XXXXXX" # says why
}
# has_room FOLDER SIZE: whether so many bytes are free there, as far as df can tell. What is small is not asked for.
has_room() {
  [ "$2" -le 4096 ] || df -Pk "$1" 2>/dev/null | {
    read -r _
    read -r _ _ _ free _
    case ${free-} in '' | *[!0-9]*) ;; *) [ "$free" -gt $(($2 / 1024)) ] ;; esac
  }
}
# whole_input FILE SIZE: writes stdin to FILE. Fails where fewer bytes come, as when what wrote them was killed.
whole_input() {
  cat >"$1" || { printf '%s\n' "the input cannot be kept in $1" >&2; return 1; }
  [ "$(wc -c <"$1")" -eq "$2" ] || { echo 'the input ended too early' >&2; return 1; }
}
