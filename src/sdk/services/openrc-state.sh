# Prints "known", "running" and "enabled" of a service of OpenRC, each where it holds. "missing": no rc-service on PATH.
# Arguments: NAME RUNLEVEL. `rc-service status` exits 0 for started only: a crashed or inactive service is not running.
export LC_ALL=C
command -v rc-service >/dev/null || { echo missing; exit 0; }
rc-service -e "$1" && echo known
rc-service "$1" status >/dev/null 2>&1 && echo running
rc-update show "$2" 2>/dev/null | while read -r name _; do [ "$name" = "$1" ] && echo enabled; done
:
