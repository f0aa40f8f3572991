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
