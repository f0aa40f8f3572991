# Ends every process that a shell has started and that has not detached itself: TERM, then KILL after half a second. The shell itself goes
# last. Prints the ids of processes that go on. Arguments: PID of the shell; `session`, where it runs one command after the other: then what
# was left in the background before the command stays. Reads /proc with builtins alone. (proc_pid_stat(5): after the last ")" come state,
# parent, group, session; the time of the start is the 20th.)
#
# /proc may be missing, be that of another PID namespace, or hide processes (hidepid). Then the process group of the shell is ended, and the
# answer is `unseen` where something may go on that nobody can name.
shell=$1
# Tells that signals to a process or a group are refused: it is there.
is_refused() { case $(LC_ALL=C kill -0 "$1" 2>&1) in *permitted*) ;; *) false ;; esac; }
# A subshell has the id of its shell in $$ and its own in /proc/self.
shows_processes() {
  read -r line 2>/dev/null </proc/self/stat || return
  case "${line%% *} ${line##*) }" in "$$ "* | *" "?" $$ "*) [ -e "/proc/$shell/stat" ] || ! is_refused "$shell" ;; *) false ;; esac
}
# Not every shell takes `--` here.
end_group() {
  kill -TERM "-$shell" 2>/dev/null
  count=0
  while [ $count -lt 10 ] && kill -0 "-$shell" 2>/dev/null; do
    count=$((count + 1))
    sleep 0.05
  done
  kill -KILL "-$shell" "$shell" 2>/dev/null
  echo unseen
}
if ! shows_processes; then
  end_group
  exit 0
fi
# Sets parent and session of a process. A session from outside a container reads as 0.
read_stat() {
  parent=0 session=0
  read -r line 2>/dev/null <"/proc/$1/stat" || return 0
  # shellcheck disable=SC2086 # the fields are split into words on purpose
  set -- ${line##*) }
  parent=$2 session=$4
}
# Behind sudo or su the session is that of the login: all of it belongs to the shell, except the processes that lead to the shell.
read_stat $$
own=$session
read_stat "$shell"
[ "$session" = "$own" ] && session=0
login=$session before=' '
while [ "$parent" -gt 1 ]; do
  before="$before$parent "
  read_stat "$parent"
done
split_entry() {
  pid=${1%%:*} start=${1##*:}
  parent=${1#*:} session=${1%:*}
  parent=${parent%%:*} session=${session##*:}
}
# Tells that the entry began before the command. A start is known to 10 ms only; within them ids rise.
is_earlier() { [ "$start" -lt "$begun" ] || { [ "$start" -eq "$begun" ] && [ "$pid" -lt "$command" ]; }; }
# Sets command and begun to the command to end and its start, and earlier to what is older in its session, with all its descendants: commands
# before or the start-up file left it in the background. The command is the youngest child of the shell; the oldest, where the shell is the
# init of a container and gets what other processes leave behind.
find_earlier() {
  for each in $all; do
    split_entry "$each"
    [ "$parent" = "$shell" ] || continue
    if [ "$begun" ] && is_earlier; then [ "$shell" -eq 1 ] || continue; elif [ "$begun" ] && [ "$shell" -eq 1 ]; then continue; fi
    command=$pid begun=$start
  done
  [ "$begun" ] || { begun=none && return; }
  more=1
  while [ "$more" ]; do
    more=
    for each in $all; do
      split_entry "$each"
      case " $shell$before$earlier" in *" $pid "*) continue ;; esac
      case $earlier in *" $parent "*) earlier="$earlier$pid " more=1 && continue ;; esac
      case $parent:$session in "$shell":* | *:"$shell" | *:"${login#0}") ! is_earlier || earlier="$earlier$pid " more=1 ;; esac
    done
  done
}
# Sets list to the descendants of the shell, to what is in its session and to what goes on after TERM. Each file is read once: a busy host has many.
find_processes() {
  all=
  for dir in /proc/[0-9]*; do
    read -r line <"$dir/stat" || continue
    # shellcheck disable=SC2086 # the fields are split into words on purpose
    set -- ${line##*) }
    [ "$1" = Z ] || all="$all ${dir#/proc/}:$2:$4:${20}"
  done 2>/dev/null
  [ "$begun" ] || find_earlier
  list=" $shell " more=1
  # a process that ignored TERM may have lost its parent, by which it was found
  for pid in $signalled; do
    case $all in *" $pid:"*) list="$list$pid " ;; esac
  done
  while [ "$more" ]; do
    more=
    for each in $all; do
      split_entry "$each"
      case $before$earlier$list in *" $pid "*) continue ;; esac
      case $session in "$shell" | "${login#0}") list="$list$pid " more=1 && continue ;; esac
      case $list in *" $parent "*) list="$list$pid " more=1 ;; esac
    done
  done
  list=${list#" $shell "}
}
signalled='' command='' begun='' earlier=' '
[ "${2-}" = session ] || begun=none
find_processes
signalled=$list
# shellcheck disable=SC2086 # the list is split into process ids on purpose
kill -TERM $list 2>/dev/null
count=0
for pid in $list; do
  while [ $count -lt 10 ] && kill -0 "$pid" 2>/dev/null; do
    count=$((count + 1))
    sleep 0.05
  done
done
# one that was just started is found the next time
count=0
while find_processes; [ "$list" ] && [ $count -lt 4 ]; do
  # shellcheck disable=SC2086
  kill -KILL $list 2>/dev/null
  count=$((count + 1))
  sleep 0.05
done
kill -KILL "$shell" 2>/dev/null
# A group with processes of others alone, which /proc hides, cannot be signalled.
[ -e /proc/1 ] || ! is_refused "-$shell" || list="$list unseen"
# shellcheck disable=SC2086
echo $list
