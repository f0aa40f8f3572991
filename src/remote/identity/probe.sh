# Prints which machine and boot this is, and the facts, as KEY=VALUE lines in the order that probe.ts expects. Argument: none.
# Builtins alone, unless the kernel is older than 6.1 (uname) or nobody set USER (id).
# A file may be large or have no end. So a subshell with one second of processor time reads them, those of the kernel first. What it has not
# read then is absent.
#
# This is sent as one line within '...', so that a login shell of any kind can hand it on: probe.ts joins the lines with a space.
# No function is called r: in Korn shells that is an alias.
# No single quote, backslash or exclamation mark; each line but the last ends in `;` or in an operator; comments on lines of their own.
# shellcheck disable=SC3045 # ulimit -c and -t are in dash, bash, busybox and Korn shells
p() { printf %s= "$1"; printf %.1024s "$2"; echo; };
n() { v=; [ -f "$1" ] && [ -r "$1" ] && IFS= read -r v <"$1"; };
g() { n "$1"; p "$2" "$v"; };
p pid $$;
(ulimit -c 0; ulimit -t 1;
g /proc/sys/kernel/random/boot_id boot;
g /proc/1/stat init;
v=other; [ -d /run/openrc ] && v=openrc; [ -d /run/systemd/system ] && v=systemd; p system $v;
g /proc/sys/kernel/hostname host;
g /proc/sys/kernel/osrelease kernel;
n /proc/sys/kernel/arch; [ "$v" ] || v=$(uname -m); p arch "$v";
v=; while read -r k x; do case $k in Cpus_allowed_list:) v=$x; break;; esac; done </proc/self/status; p cores "$v";
g /sys/devices/system/cpu/online online;
g /proc/meminfo memory;
v=/etc/machine-id; [ -s $v ] || v=/var/lib/dbus/machine-id; g $v machine;
v=; a=; b=; c=;
[ -f /etc/os-release ] && [ -r /etc/os-release ] && while read -r x; do case $x in ID=*) v=$x;; VERSION_ID=*) a=$x;; VERSION_CODENAME=*) b=$x;; ID_LIKE=*) c=$x;; esac; done </etc/os-release;
p release "$v"; p codename "$b"; p like "$c";
case $v in ID=debian) n /etc/debian_version; case $v in [0-9]*.*) a=VERSION_ID=$v; esac; esac; p version "$a");
v=$USER; [ "$v" ] || v=$LOGNAME; [ "$v" ] || v=$(id -un); p user "$v";
printf %.4096s "home=$HOME"; echo
