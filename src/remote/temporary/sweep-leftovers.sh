# sweep_leftovers PREFIX: removes what programs of this user that were killed left beside their target. Root removes files that they had given to
# others, and of their folders the empty ones: others may change what is in them meanwhile. Sets own_leftover to the name for what this program may leave,
# PREFIX.PID@MACHINE@; more may follow. Another machine can work in the same folder (NFS, a volume of containers): its processes cannot be seen
# here, so what has its name stays.
sweep_leftovers() {
  machine=
  { read -r machine </proc/sys/kernel/hostname; } 2>/dev/null || :
  # shellcheck disable=SC2034 # for the program that calls this
  own_leftover=$1.$$@$machine@
  [ -d "/proc/$$" ] || return 0 # it shows the processes of this shell
  for left in "$1".*"@$machine@"*; do
    pid=${left#"$1".}
    pid=${pid%%@*}
    case $pid in '' | *[!0-9]*) continue ;; esac
    [ -d "/proc/$pid" ] && continue
    if [ -O "$left" ]; then rm -rf -- "$left"; elif [ "$(id -u)" = 0 ]; then rm -f -- "$left" 2>/dev/null || rmdir -- "$left" 2>/dev/null; fi
  done
  :
}
