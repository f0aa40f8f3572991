# Prints the entries of a database, one a line. Where one is asked for that is not there: fails, or prints nothing.
# Arguments: DATABASE FAIL [KEY]; FAIL: yes or no.
if ! command -v getent >/dev/null; then
  # busybox has no getent
  [ -r "/etc/$1" ] || { echo "the host has no getent, and no file /etc/$1" >&2; exit 1; }
  getent() { if [ $# -gt 1 ]; then awk -F '[:[:space:]]+' -v key="$2" '$1 == key { print; found = 1 } END { exit found ? 0 : 2 }' "/etc/$1"; else cat "/etc/$1"; fi; }
fi
if [ $# -lt 3 ]; then getent "$1"; exit; fi
getent "$1" "$3"
status=$?
[ $status -eq 2 ] && [ "$2" = yes ] && echo "$1 has no entry $3" >&2
[ $status -eq 2 ] && [ "$2" = no ] && exit 0
exit $status
