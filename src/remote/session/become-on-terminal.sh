# Runs a command that wants a terminal (doas with a password, sudo with requiretty) and hands on its stdin, stdout and stderr apart.
# Argument: shell text that starts it. The text gets the folder of the pipes as $d, prints ok to $d/k once it has its rights, and takes
# its stdin from $d/i, its outputs to $d/o and $d/e. The first line of stdin is the answer to a prompt, if one was shown on stderr.
# No single quotes: the text travels within them. The folder has a name that new_temporary sweeps.
umask 077
m=
{ read -r m </proc/sys/kernel/hostname; } 2>/dev/null
n=swarm-tmp.$$@$m@XXXXXX
d=$(mktemp -d "${TMPDIR:-/tmp}/$n" 2>/dev/null || mktemp -d "/tmp/$n") && mkfifo "$d/p" "$d/k" "$d/i" "$d/o" "$d/e" "$d/t" || exit 1
export d
exec 4<&0
cat "$d/t" >&2 &
t=$!
(SHELL=/bin/sh script -qefc "$1" /dev/null <"$d/p" >"$d/t"; x=$?; echo no 2>/dev/null >"$d/k"; exit $x) 2>/dev/null &
s=$!
exec 3>"$d/p"
(IFS= read -r l <&4; printf "%s\n" "$l" >&3) &
r=$!
read -r v <"$d/k"
kill $r 2>/dev/null
exec 3>&-
[ "$v" = ok ] || { wait $s; x=$?; wait $t; rm -rf "$d"; [ $x = 0 ] && x=1; exit $x; }
exec 5<"$d/t"
cat <&5 >/dev/null &
exec 5<&-
kill $t
cat "$d/o" &
o=$!
cat "$d/e" >&2 &
e=$!
cat <&4 >"$d/i" &
i=$!
wait $s
x=$?
wait $o $e
kill $i 2>/dev/null
exit $x
