# Puts new trees in place, restarts the services and checks them. Puts the old trees back where a step fails, or where swarm does not
# confirm in time. Runs in the folder of the switch, by itself. Arguments: run MASK, or undo MASK REASON for what an earlier one left.
# The plan has shell lines of these words, written by swarm:
#   tree DEST VERSIONS OLD NEW FRESH    names of versions; OLD is empty where nothing is at DEST, FRESH is the new one before it has its name,
#                                 empty for a version that is there
#   service SECONDS WORD...       the command that restarts it
#   check SECONDS NAME KIND WORD...
#   confirm SECONDS
#   drop PATH...                  what goes when the new trees stay;  discard PATH...  what goes when they do not
# File descriptor 8 is the lock of the program that started this one.
# shellcheck disable=SC1091,SC2317,SC2015 # the plan calls the functions

trap : HUP INT # a signal that is ignored would be ignored by every service that is started here
exec 9>lock && flock -n 9 9>&9 || exit 1
mode=$1 mask=$2 note=''
export LC_ALL=C

say() { printf '%s\n' "$*" >phase; }
# Since the host started: somebody may set the clock meanwhile.
seconds_up() { if read -r up _ </proc/uptime; then echo "${up%%.*}"; else date +%s; fi 2>/dev/null; }

# Writes how it ended, and removes everything else of the switch. Who asks meanwhile waits for the lock.
finish() {
  exec 8>>../.lock && flock 8 8>&8
  { printf '%s\n' "$(cat id) $*"; tail -c 8000 log | tail -n 20; } >../last.new
  mv -f ../last.new ../last
  mv "$PWD" "../.over.$$" && rm -rf "../.over.$$"
  exit 0
}

# Swaps two paths in one step, where the host can.
exchange() {
  mv --exchange -T -- "$1" "$2" 2>/dev/null && return
  python3 -c 'import ctypes, os, sys
a, b = map(os.fsencode, sys.argv[1:])
sys.exit(ctypes.CDLL(None).renameat2(-100, a, -100, b, 2) != 0)' "$1" "$2" 2>/dev/null
}

# DEST is what the push compared with: the version OLD, a folder that is to become OLD, or nothing.
is_expected() {
  if [ -z "$3" ]; then [ ! -e "$1" ] && [ ! -L "$1" ]
  elif [ -L "$1" ]; then [ "$(readlink "$1")" = "${2##*/}/$3" ]
  else [ -d "$1" ] && [ ! -e "$2/$3" ]; fi
}

# Another push was here since this one compared: nothing is switched.
refuse() {
  mkdir decided 2>/dev/null
  none
  tree() { [ -z "$5" ] || rm -rf "${2:?}/$5" "${2:?}/$5.json"; }
  . ./plan
  finish "refused $*"
}

# One rename puts the new tree in place. The link back is made before: on a full disk a rename still works.
put_new() {
  cd "$2" || return
  if [ "$5" ]; then mv -f "$5.json" "$4.json" && mv -T "$5" "./$4" || return; fi
  [ -d "./$4" ] || return
  [ ! -L .link ] && [ ! -L .back ] || rm -f .link .back
  ln -s "${2##*/}/$4" .link || return
  if [ "$3" ]; then ln -s "${2##*/}/$3" .back || return; fi
  if [ -L "$1" ] || [ ! -d "$1" ]; then mv -T -f .link "$1"; return; fi
  # a folder that swarm did not make becomes the oldest version
  if exchange .link "$1"; then mv -T .link "./$3"; return; fi
  note="$1 was missing for a moment, because the host can not swap two paths"
  mv -T "$1" "./$3" && mv -T .link "$1"
}

put_old() {
  cd "$2" || return
  [ -d .link ] && [ ! -L .link ] && mv -T .link "./$3"
  if [ "$(readlink "$1")" = "${2##*/}/$4" ] || { [ "$3" ] && [ ! -L "$1" ] && [ ! -e "$1" ]; }; then
    if [ -L .back ]; then mv -T -f .back "$1"; else rm -f "$1"; fi
  fi
  rm -f .link .back
}

# What was printed before goes where it is much: a person reads the last lines.
trim_log() { [ "$(wc -c <log)" -lt 1000000 ] || : >log; }
start_log() { trim_log; printf '%s\n' "$*"; }

run_service() {
  limit=$1
  shift
  start_log "+ $*"
  (cd / && umask "$mask" && exec timeout -k 5 "$limit" "$@") 9>&- 8>&-
}

# One try. KIND: command, port or http.
try() {
  left=$1 kind=$2
  shift 2
  case $kind in
    port) cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*$(printf ':%04X' "$1") [0-9A-F:]* 0A " ;;
    http)
      if command -v curl; then timeout -k 5 "$left" curl -fsS -o /dev/null -- "$1"
      elif command -v wget; then timeout -k 5 "$left" wget -q -O /dev/null -- "$1"
      else timeout -k 5 "$left" python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' "$1"; fi >/dev/null
      ;;
    *) (cd / && umask "$mask" && exec timeout -k 5 "$left" "$@") 9>&- 8>&- ;;
  esac
}

run_check() {
  end=$(($(seconds_up) + $1)) name=$2
  shift 2
  start_log "+ check $name"
  while :; do
    left=$((end - $(seconds_up)))
    [ "$left" -gt 0 ] || return 1
    try "$left" "$@" && return
    trim_log
    sleep 1
  done
}

none() { for word in tree service check confirm drop discard; do eval "$word() { :; }"; done; }

put_back() {
  none
  tree() { (put_old "$@"); }
  . ./plan
}
# Puts everything back and ends. The services are restarted only where they may have seen the new trees.
undo() {
  trap : TERM
  mkdir decided 2>/dev/null
  put_back
  none
  service() { run_service "$@"; }
  discard() { rm -rf -- "$@"; }
  . ./plan
  finish "back $*"
}

keep() {
  none
  tree() { rm -f "$2/.link" "$2/.back"; }
  drop() { rm -rf -- "$@"; }
  . ./plan
  finish "kept $(cat note 2>/dev/null)"
}

if [ "$mode" = undo ]; then
  flock -u 8 8>&8; exec 8>&-
  [ -e decided/confirmed ] || undo "$3"
  keep
fi

flock -u 8 8>&8; exec 8>&-
# the host goes down: the old trees are there when it comes up, and no service is restarted meanwhile
trap 'mkdir decided 2>/dev/null && { put_back; finish "back the host went down"; }' TERM
none
tree() { is_expected "$@" || refuse "$1"; }
. ./plan
say switching
none
tree() { (put_new "$@"; code=$?; [ "$note" ] && printf '%s\n' "$note" >"$switch/note"; exit "$code") || undo "$1 cannot be put in place"; }
switch=$PWD
. ./plan
say restarting
none
service() { run_service "$@" || undo "the restart failed: $(shift; printf '%s\n' "$*")"; }
. ./plan
say checking
none
check() { run_check "$@" || undo "the check failed: $2"; }
confirm() { limit=$1; }
. ./plan
say checked
end=$(($(seconds_up) + limit))
while [ ! -d decided ]; do
  if [ "$(seconds_up)" -ge "$end" ] && mkdir decided 2>/dev/null; then undo "swarm did not confirm within $limit s"; fi
  sleep 0.2 2>/dev/null || sleep 1
done
trap : TERM
keep
