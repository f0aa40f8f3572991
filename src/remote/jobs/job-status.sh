# Prints the state of a job: "absent", "running BYTES", "exited STATUS BYTES" or "died REBOOTED BYTES". BYTES: the size of the log.
# Argument: NAME. Waits while another process starts the job. Needs: flock.
if ! { cd "${HOME:?}/.local/state/swarm/jobs" && cd "./$1"; } 2>/dev/null; then echo absent; exit 0; fi
[ -e begun ] || flock -s ../.lock true
[ -e begun ] || { echo absent; exit 0; }
alive=
flock -n -s lock true || alive=yes
status=
[ -e result ] && read -r status <result
if [ "$status" ]; then echo "exited $status $(wc -c <log)"; exit 0; fi
if [ "$alive" ]; then echo "running $(wc -c <log)"; exit 0; fi

# the same boot and the same PID 1 as when the job began?
read -r boot init _ <begun
read -r now </proc/sys/kernel/random/boot_id
read -r line </proc/1/stat
# shellcheck disable=SC2086 # the fields of proc_pid_stat(5) are split into words on purpose
set -- ${line##*) }
if [ "$boot $init" = "$now ${20}" ]; then echo "died no $(wc -c <log)"; else echo "died yes $(wc -c <log)"; fi
