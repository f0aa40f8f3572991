# Waits until no process that a start-up file left behind holds the stdout of this shell: it could print into what swarm reads.
# One that stays for 3 s is not waited for: most of them are silent, and the host can be used. The processes that this shell was
# started by hold it too, and do not count. Builtins alone, where there is none to wait for. `waited` has an x for each 0.2 s.
#
# This is sent as one line within '...': no single quote, backslash or exclamation mark; each line but the last ends in `;` or an operator.
# shellcheck disable=SC3013,SC2086 # -ef is in dash, bash, busybox and Korn shells; the fields of proc_pid_stat(5) are split on purpose
ancestors=" $$ "; waited=;
[ -t 1 ] || while :; do
holder=; for each in /proc/[0-9]*; do each=${each#/proc/};
case $ancestors in *" $each "*) continue;; esac;
if [ "/proc/$each/fd/1" -ef "/proc/$$/fd/1" ] || [ "/proc/$each/fd/2" -ef "/proc/$$/fd/1" ]; then holder=$each; break; fi; done;
[ "$holder" ] || break;
if [ "$ancestors" = " $$ " ]; then parent=$PPID; while [ "${parent:-0}" -gt 0 ]; do
ancestors="$ancestors$parent "; line=; [ -r "/proc/$parent/stat" ] && read -r line <"/proc/$parent/stat"; line=${line##*) }; set -- $line; parent=$2; done; continue; fi;
[ "$waited" != xxxxxxxxxxxxxxx ] || break; waited=x$waited;
sleep 0.2 2>/dev/null || { sleep 1; waited=xxxx$waited; }; done
