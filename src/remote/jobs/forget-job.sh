# Removes a job and its log: renamed first, then removed, so that nobody sees a half of it. Argument: NAME. Needs: flock.
# Exit 74: no lock; 75: the job runs.
cd "${HOME:?}/.local/state/swarm/jobs" 2>/dev/null || exit 0
exec 8>>.lock && flock 8 8>&8 || exit 74
[ -d "./$1" ] || exit 0
if [ -e "./$1/begun" ] && [ ! -e "./$1/result" ] && ! flock -n -s "./$1/lock" true; then exit 75; fi
mv "./$1" ".gone.$$" && rm -rf ".gone.$$"
