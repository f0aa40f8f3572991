# Starts a job that outlives the connection, or finds it. Prints "started" or "attached". Needs: setsid, flock (util-linux).
# Arguments: NAME WRAPPER COOKIE; stdin: the program of the job, the text of `run`. Exit 73: the folder of jobs cannot be used; 74: no lock.
#
# $HOME/.local/state/swarm/jobs/.lock   held while a job is being started, until its wrapper has begun
# $HOME/.local/state/swarm/jobs/NAME/   0700
#   run      the command with its environment; removes itself before it does anything
#   lock     held by the wrapper for its whole life: free and no result = the job died
#   begun    boot-id, start time of PID 1, pid and start time of the wrapper, cookie; appears by rename
#   log      both outputs
#   result   exit status, written once; appears by rename
#
# All of stdin is read before the job exists. A link that is lost meanwhile leaves nothing that the next start would take for a job.
command -v setsid >/dev/null || { echo 'the host has no setsid' >&2; exit 74; }
mask=$(umask)
umask 077
jobs=${HOME:?}/.local/state/swarm/jobs
LC_ALL=C mkdir -p "$jobs" && cd "$jobs" 2>/dev/null || exit 73
new=.new.$$
trap 'rm -f "$new"' EXIT
LC_ALL=C cat >"$new" || exit 73
exec 8>>.lock && flock 8 8>&8 || exit 74
if [ -e "$1/begun" ]; then echo attached; exit 0; fi
rm -rf "./$1" && mkdir "./$1" && mv "$new" "./$1/run" && cd "./$1" || exit 73
setsid sh -c "$2" swarm-job "$mask" "$3" </dev/null >log 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&8 &
echo started
