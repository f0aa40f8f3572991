# Waits until no process that a start-up file left behind holds the stdout of this shell: it could print into what swarm reads.
# One that stays for 3 s is not waited for: most of them are silent, and the host can be used. The processes that this shell was
# started by hold it too, and do not count. Builtins alone, where there is none to wait for.
#
# This is sent as one line within '...': no single quote, backslash or exclamation mark; each line but the last ends in `;` or an operator.
# shellcheck disable=SC3013,SC2086 # -ef is in dash, bash, busybox and Korn shells; the fields of proc_pid_stat(5) are split on purpose
a=" $$ "; m=;
[ -t 1 ] || while :; do
h=; for p in /proc/[0-9]*; do p=${p#/proc/};
case $a in *" $p "*) continue;; esac;
if [ "/proc/$p/fd/1" -ef "/proc/$$/fd/1" ] || [ "/proc/$p/fd/2" -ef "/proc/$$/fd/1" ]; then h=$p; break; fi; done;
[ "$h" ] || break;
if [ "$a" = " $$ " ]; then n=$PPID; while [ "${n:-0}" -gt 0 ]; do
a="$a$n "; v=; [ -r "/proc/$n/stat" ] && read -r v <"/proc/$n/stat"; v=${v##*) }; set -- $v; n=$2; done; continue; fi;
[ "$m" != xxxxxxxxxxxxxxx ] || break; m=x$m;
sleep 0.2 2>/dev/null || { sleep 1; m=xxxx$m; }; done
