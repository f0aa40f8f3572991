# Prints the entries of a database, one a line. Where one is asked for that is not there: fails, or prints nothing.
# Arguments: DATABASE FAIL [KEY]; FAIL: yes or no.
if ! command -v getent >/dev/null; then
  # busybox has no getent
  [ -r "/etc/$1" ] || { printf '%s\n' "the host has no getent, and no file /etc/$1" >&2; exit 1; }
  # of users and groups a key is a name or a number; elsewhere it is any word before a comment, such as a name or an address of a host
  getent() {
    [ $# -gt 1 ] || { cat "/etc/$1"; return; }
    case $1 in passwd | group) fields=: ids=3 ;; *shadow) fields=: ids=1 ;; *) fields=' ' ids=0 ;; esac
    key=$2 awk -F "$fields" -v ids="$ids" '
      BEGIN { key = ENVIRON["key"] }
      { line = $0 }
      # with "" awk compares as texts: as numbers, 00 is 0
      ids { found = $1 "" == key "" || $ids "" == key "" }
      !ids { sub(/#.*/, ""); for (i = 1; i <= NF; i++) if ($i "" == key "" || index($i, key "/") == 1) found = 1 }
      found { print line; exit }
      END { exit found ? 0 : 2 }' "/etc/$1"
  }
fi
if [ $# -lt 3 ]; then getent "$1"; exit; fi
getent "$1" "$3"
status=$?
[ $status -eq 2 ] && [ "$2" = yes ] && printf '%s\n' "$1 has no entry $3" >&2
[ $status -eq 2 ] && [ "$2" = no ] && exit 0
exit $status
