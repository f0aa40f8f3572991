# Waits until no process that a start-up file left behind holds the stdout of this shell: it could print into what swarm reads.
# The processes that this shell was started by hold it too, and do not count. Builtins alone, where there is none to wait for.
#
# This is sent as one line within '...': no single quote, backslash or exclamation mark; each line but the last ends in `;` or an operator.
# shellcheck disable=SC3013,SC2086 # -ef is in dash, bash, busybox and Korn shells; the fields of proc_pid_stat(5) are split on purpose
ancestors=" $$ "; said=;
[ -t 1 ] || while :; do
holder=; for each in /proc/[0-9]*; do each=${each#/proc/};
case $ancestors in *" $each "*) continue;; esac;
if [ "/proc/$each/fd/1" -ef "/proc/$$/fd/1" ] || [ "/proc/$each/fd/2" -ef "/proc/$$/fd/1" ]; then holder=$each; break; fi; done;
[ "$holder" ] || break;
if [ "$ancestors" = " $$ " ]; then parent=$PPID; while [ "${parent:-0}" -gt 0 ]; do
ancestors="$ancestors$parent "; line=; [ -r "/proc/$parent/stat" ] && read -r line <"/proc/$parent/stat"; set -- ${line##*) }; parent=$2; done; continue; fi;
line=; [ -r "/proc/$holder/comm" ] && read -r line <"/proc/$holder/comm";
[ "$said" ] || echo "swarm waits for process $holder ($line) of a start-up file"; said=1;
sleep 0.2 2>/dev/null || sleep 1; done
