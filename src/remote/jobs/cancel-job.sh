# Ends every process of a job: those in the session of its wrapper and those with its cookie in their environment get TERM, then KILL.
# The wrapper itself lives on and writes the result. Prints the process ids that do not end. Needs: flock.
# Arguments: NAME GRACE, in tenths of a second between TERM and KILL.
cd "${HOME:?}/.local/state/swarm/jobs" 2>/dev/null && cd "./$1" 2>/dev/null || exit 0
grace=$2
[ -e begun ] || flock -s ../.lock true
[ -e begun ] || exit 0
read -r boot init pid start cookie <begun
read -r now </proc/sys/kernel/random/boot_id
read -r line </proc/1/stat
# shellcheck disable=SC2086 # the fields of proc_pid_stat(5) are split into words on purpose
set -- ${line##*) }
[ "$boot $init" = "$now ${20}" ] || exit 0 # nothing of an earlier boot is left

# The wrapper is there: a process with its id and its start time. Process ids are used again.
wrapper_runs() {
  # shellcheck disable=SC2086
  { read -r line <"/proc/$pid/stat" && set -- ${line##*) } && [ "$1" != Z ] && [ "${20}" = "$start" ]; } 2>/dev/null
}
# Adds a process to the list, but not the wrapper and no zombie.
add() {
  [ "$1" = "$pid" ] && return
  read -r line 2>/dev/null <"/proc/$1/stat" || return
  # shellcheck disable=SC2086
  set -- "$1" ${line##*) }
  [ "$2" = Z ] || list="$list $1"
}
# Sets list to the processes of the job. A session counts only while the wrapper that made it is there.
find_processes() {
  list='' leader=''
  wrapper_runs && leader=$pid
  # shellcheck disable=SC2013 # the names have no spaces, and a loop behind a pipe cannot set the list
  for each in $(grep -l "SWARM_JOB=$cookie" /proc/[0-9]*/environ 2>/dev/null); do
    each=${each#/proc/}
    add "${each%/environ}"
  done
  [ "$leader" ] && for each in /proc/[0-9]*; do
    read -r line 2>/dev/null <"$each/stat" || continue
    # shellcheck disable=SC2086
    set -- ${line##*) }
    [ "$4" = "$leader" ] && add "${each#/proc/}"
  done 2>/dev/null
  [ "$list" ]
}
# shellcheck disable=SC2086 # the list is split into process ids on purpose
send() { kill "-$1" $list 2>/dev/null; }

find_processes && send TERM
n=0
while [ $n -lt "$grace" ] && find_processes; do sleep 0.1; n=$((n + 1)); done
n=0
while find_processes && [ $n -lt 50 ]; do send KILL; sleep 0.1; n=$((n + 1)); done
find_processes
left=${list# }
n=0
while wrapper_runs && [ $n -lt 20 ]; do sleep 0.1; n=$((n + 1)); done
wrapper_runs && kill -KILL "$pid" 2>/dev/null
echo "$left"
