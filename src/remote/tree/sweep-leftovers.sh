# sweep_leftovers PREFIX: removes what programs of this user that were killed left beside their target. Root removes what they had given to
# others. Sets own_leftover to the name for what this program may leave, PREFIX.PID@MACHINE@; more may follow. Another machine can work in the
# same folder (NFS, a volume of containers): its processes cannot be seen here, so what has its name stays.
sweep_leftovers() {
  machine=
  { read -r machine </proc/sys/kernel/hostname; } 2>/dev/null || :
  own_leftover=$1.$$@$machine@
  [ -d "/proc/$$" ] || return 0 # it shows the processes of this shell
  for left in "$1".*"@$machine@"*; do
    pid=${left#"$1".}
    pid=${pid%%@*}
    case $pid in '' | *[!0-9]*) continue ;; esac
    [ ! -d "/proc/$pid" ] && { [ -O "$left" ] || [ "$(id -u)" = 0 ]; } && rm -rf -- "$left"
  done
  :
}
# new_temporary PID [-d]: makes a file (-d: a folder) that process PID needs, that only this user can read, and prints its path. What killed
# processes left goes first. Where TMPDIR, or else /tmp, cannot be used, it is elsewhere. Needs: mktemp.
new_temporary() {
  umask 077
  case ${TMPDIR-} in /*) ;; *) TMPDIR=/tmp ;; esac
  for folder in "$TMPDIR" /tmp /var/tmp /dev/shm; do
    sweep_leftovers "$folder/swarm-tmp"
    mktemp ${2:+"$2"} "$folder/swarm-tmp.$1@$machine@XXXXXX" 2>/dev/null && return
  done
  mktemp ${2:+"$2"} "$TMPDIR/swarm-tmp.$1@$machine@XXXXXX" # says why
}
# whole_input FILE SIZE: writes stdin to FILE. Fails where fewer bytes come, as when what wrote them was killed.
whole_input() {
  cat >"$1" || { echo "the input cannot be kept in $1" >&2; return 1; }
  [ "$(wc -c <"$1")" -eq "$2" ] || { echo 'the input ended too early' >&2; return 1; }
}
