# Runs the job in the background and writes its result. Runs in the folder of the job. Arguments: UMASK COOKIE.
# File descriptor 8 is the lock of start-job.sh. It is released when `begun` exists.
# TERM is for the command: the wrapper stays and writes the result. result.new gets its block first, in case the disk fills up.
trap : HUP INT TERM
exec 9>lock && flock -n 9 9>&9 || exit 1
read_start_time() {
  # shellcheck disable=SC2086 # the fields of proc_pid_stat(5) are split into words on purpose
  read -r line <"/proc/$1/stat" && set -- ${line##*) } && start=${20}
}
read -r boot </proc/sys/kernel/random/boot_id
read_start_time 1
init=$start
read_start_time $$
printf '%64s\n' '' >result.new && echo "$boot $init $$ $start $2" >begun.new && mv begun.new begun || exit 1
flock -u 8 8>&8; exec 8>&-
umask "$1"
SWARM_JOB=$2 sh ./run 9>&-
echo $? 1<>result.new && mv result.new result
