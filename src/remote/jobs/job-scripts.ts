/** The shell texts of detached jobs: POSIX sh, coreutils or busybox, setsid and flock of util-linux.
 *
 *  $HOME/.local/state/swarm/jobs/.lock       held while a job is being started, until its wrapper has begun
 *  $HOME/.local/state/swarm/jobs/NAME/       0700
 *    run      the command with its environment; removes itself before it does anything
 *    lock     held by the wrapper for its whole life: free and no result = died
 *    begun    boot_id, start time of PID 1, pid and start time of the wrapper, cookie; by rename
 *    log      both outputs
 *    result   exit status, once; by rename
 */

const ENTER_JOBS_FOLDER = `cd "\${HOME:?}/.local/state/swarm/jobs" 2>/dev/null`;

/** $1 name, $2 wrapper, $3 cookie; stdin: the text of `run`. Prints `started` or `attached`. All bytes are here before anything is
 *  claimed, so that a lost link leaves a job that was never begun, which the next start begins. */
export const START_SCRIPT = `mask=$(umask); umask 077
mkdir -p "\${HOME:?}/.local/state/swarm/jobs" && ${ENTER_JOBS_FOLDER} || exit 73
new=.new.$$; trap 'rm -f "$new"' EXIT
cat >"$new" || exit 73
exec 8>>.lock && flock 8 || exit 74
if [ -e "$1/begun" ]; then echo attached; exit 0; fi
rm -rf "./$1" && mkdir "./$1" && mv "$new" "./$1/run" && cd "./$1" || exit 73
setsid sh -c "$2" swarm-job "$mask" "$3" </dev/null >log 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- &
echo started`;

/** $1 umask, $2 cookie; cwd: the job's folder; fd 8: the start lock, let go once nobody can take this job for unbegun.
 *  TERM is for the command: the wrapper stays to write what became of it. result.new has its block before the disk may be full. */
export const WRAPPER_SCRIPT = `trap : HUP INT TERM
exec 9>lock && flock -n 9 || exit 1
start() { read -r line <"/proc/$1/stat" && set -- \${line##*) } && start=\${20}; }
read -r boot </proc/sys/kernel/random/boot_id; start 1; init=$start; start $$
printf '%64s\\n' '' >result.new && echo "$boot $init $$ $start $2" >begun.new && mv begun.new begun || exit 1
exec 8>&-; umask "$1"
SWARM_JOB=$2 sh ./run 9>&-
echo $? 1<>result.new && mv result.new result`;

/** After `cd` into the job's folder: sets boot, init, pid, start, cookie as begun, and `same` if neither the machine nor its PID 1 has restarted. */
const READ_BEGUN = `read -r boot init pid start cookie <begun
read -r now </proc/sys/kernel/random/boot_id; read -r line </proc/1/stat; set -- \${line##*) }
same=; [ "$boot $init" = "$now \${20}" ] && same=yes`;

/** $1 name. A starter that has the start lock is waited for. Prints `absent`, `running BYTES`, `exited STATUS BYTES` or `died REBOOTED BYTES`. */
export const STATUS_SCRIPT = `${ENTER_JOBS_FOLDER} && cd "./$1" 2>/dev/null || { echo absent; exit 0; }
[ -e begun ] || flock -s ../.lock true
[ -e begun ] || { echo absent; exit 0; }
alive=; flock -n -s lock true || alive=yes
status=; [ -e result ] && read -r status <result
if [ "$status" ]; then echo "exited $status $(wc -c <log)"; exit 0; fi
${READ_BEGUN}
if [ "$alive" ]; then echo "running $(wc -c <log)"
elif [ "$same" ]; then echo "died no $(wc -c <log)"
else echo "died yes $(wc -c <log)"; fi`;

/** $1 name, $2 first byte, counted from 1. Log to stdout; \`end BYTES\` to stderr when the job is over. Blocks on the lock and on the log,
 *  never polls (busybox' tail looks once a second). Ends when stdin does: with the link, or when nobody wants more. */
export const FOLLOW_SCRIPT = `${ENTER_JOBS_FOLDER} && cd "./$1" 2>/dev/null || exit 44
[ -e begun ] || flock -s ../.lock true
[ -e begun ] || exit 44
if flock -n -s lock true; then tail -c "+$2" log; echo "end $(wc -c <log)" >&2; exit 0; fi
exec 3<&0
every='-s 0.1'; tail $every -c +1 /dev/null 2>/dev/null || every=
tail $every -f -c "+$2" log & tail=$!
flock -s lock sh -c "kill $tail" >/dev/null 2>&1 & over=$!
{ read -r line <&3; kill $tail $over; } >/dev/null 2>&1 & gone=$!
exec 3<&-
wait $tail 2>/dev/null
echo "end $(wc -c <log)" >&2
kill $gone $over 2>/dev/null`;

/** $1 name, $2 first byte, $3 how many. */
export const READ_LOG_SCRIPT = `${ENTER_JOBS_FOLDER} && cd "./$1" 2>/dev/null || exit 44
tail -c "+$2" log | head -c "$3"`;

/** $1 name, $2 grace in tenths of a second. Everything in the wrapper's session or with its cookie gets TERM, then KILL; the wrapper itself
 *  lives on to write the result. A session counts only while the wrapper that made it is there: pids are used again. Prints what does not end. */
export const CANCEL_SCRIPT = `${ENTER_JOBS_FOLDER} && cd "./$1" 2>/dev/null || exit 0
grace=$2
[ -e begun ] || flock -s ../.lock true
[ -e begun ] || exit 0
${READ_BEGUN}
[ "$same" ] || exit 0
ours() { read -r line <"/proc/$pid/stat" && set -- \${line##*) } && [ "$1" != Z ] && [ "\${20}" = "$start" ]; } 2>/dev/null
find() { list=; leader=; ours && leader=$pid
for each in $(grep -l "SWARM_JOB=$cookie" /proc/[0-9]*/environ 2>/dev/null); do each=\${each#/proc/}; add "\${each%/environ}"; done
[ "$leader" ] && for each in /proc/[0-9]*; do
read -r line 2>/dev/null <"$each/stat" || continue; set -- \${line##*) }
[ "$4" = "$leader" ] && add "\${each#/proc/}"; done 2>/dev/null; [ "$list" ]; }
add() { [ "$1" = "$pid" ] && return; read -r line 2>/dev/null <"/proc/$1/stat" || return; set -- "$1" \${line##*) }; [ "$2" = Z ] || list="$list $1"; }
find && kill -TERM $list 2>/dev/null
n=0; while [ $n -lt $grace ] && find; do sleep 0.1; n=$((n+1)); done
n=0; while find && [ $n -lt 50 ]; do kill -KILL $list 2>/dev/null; sleep 0.1; n=$((n+1)); done
find; left=$list
n=0; while ours && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done
ours && kill -KILL $pid 2>/dev/null
echo $left`;

/** $1 name. Away by one rename, then removed. Exit 75: it runs. */
export const FORGET_SCRIPT = `${ENTER_JOBS_FOLDER} || exit 0
exec 8>>.lock && flock 8 || exit 74
[ -d "./$1" ] || exit 0
if [ -e "./$1/begun" ] && [ ! -e "./$1/result" ] && ! flock -n -s "./$1/lock" true; then exit 75; fi
mv "./$1" ".gone.$$" && rm -rf ".gone.$$"`;

/** The names of all jobs that were begun. */
export const LIST_SCRIPT = `${ENTER_JOBS_FOLDER} || exit 0
for each in */begun; do [ -e "$each" ] && echo "\${each%/begun}"; done; true`;
