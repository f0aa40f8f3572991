# Ends every process that a shell has started and that has not detached itself: TERM, then KILL after half a second. The shell itself goes
# last. Argument: PID of the shell. Reads /proc with builtins alone. (proc_pid_stat(5): after the last ")" come state, parent, group, session.)
shell=$1
# Sets list to the descendants of the shell and to what is in its session.
find_processes() {
  list=" $shell " more=1
  while [ "$more" ]; do
    more=
    for dir in /proc/[0-9]*; do
      pid=${dir#/proc/}
      case $list in *" $pid "*) continue ;; esac
      read -r line <"$dir/stat" || continue
      # shellcheck disable=SC2086 # the fields are split into words on purpose
      set -- ${line##*) }
      [ "$1" = Z ] && continue
      [ "$4" = "$shell" ] && set -- x "$shell"
      case $list in *" $2 "*) list="$list$pid " more=1 ;; esac
    done
  done 2>/dev/null
  list=${list#" $shell "}
}
signal=TERM count=0
while find_processes; [ "$list" ] && [ $count -lt 10 ]; do
  # shellcheck disable=SC2086 # the list is split into process ids on purpose
  kill -$signal $list 2>/dev/null
  signal=0 count=$((count + 1))
  sleep 0.05
done
# shellcheck disable=SC2086
kill -KILL $list "$shell" 2>/dev/null
true
