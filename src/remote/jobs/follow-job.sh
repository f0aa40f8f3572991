# Prints the log of a job and goes on until the job ends. Then prints "end BYTES" on stderr. Exit 44: there is no such job.
# Arguments: NAME FIRST_BYTE, counted from 1. Ends when stdin ends: the link is lost, or nobody wants more of the log. Needs: flock.
# It blocks on the lock and on the log. It never polls, but the tail of busybox reads the log once a second.
cd "${HOME:?}/.local/state/swarm/jobs" 2>/dev/null && cd "./$1" 2>/dev/null || exit 44
[ -e begun ] || flock -s ../.lock true
[ -e begun ] || exit 44
if flock -n -s lock true; then tail -c "+$2" log; echo "end $(wc -c <log)" >&2; exit 0; fi
exec 3<&0
if tail -s 0.1 -c +1 /dev/null 2>/dev/null; then tail -s 0.1 -f -c "+$2" log & else tail -f -c "+$2" log & fi
tail=$!
flock -s lock sh -c "kill $tail" >/dev/null 2>&1 &
over=$!
# shellcheck disable=SC2034 # the line is of no interest, only the end of stdin
{ read -r line <&3; kill "$tail" "$over"; } >/dev/null 2>&1 &
gone=$!
exec 3<&-
wait "$tail" 2>/dev/null
echo "end $(wc -c <log)" >&2
kill "$gone" "$over" 2>/dev/null
