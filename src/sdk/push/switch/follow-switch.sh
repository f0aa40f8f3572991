# Waits until a switch needs swarm or has ended, at most so many tenths of a second. Prints "checked", "dead", "absent",
# "working PHASE", or how it ended: "kept ...", "back REASON" or "refused DEST", with the log. Arguments: ID TENTHS. Needs: flock.
# shellcheck disable=SC2015 # what is behind || is for both
cd "${HOME:?}/.local/state/swarm/push" 2>/dev/null || { echo absent; exit 0; }
# It holds the lock until it has removed everything else.
ended() { read -r id _ 2>/dev/null <last && [ "$id" = "$1" ] && flock -s .lock sed '1s/^[^ ]* //' last; }
n=0
while :; do
  [ -e switch/phase ] || flock -s .lock true
  ended "$1" && exit 0
  read -r id 2>/dev/null <switch/id && [ "$id" = "$1" ] || { ended "$1" || echo absent; exit 0; }
  read -r phase 2>/dev/null <switch/phase || phase=
  if flock -n -s switch/lock true 2>/dev/null && [ -e switch/id ]; then ended "$1" || echo dead; exit 0; fi
  [ "$phase" = checked ] && [ ! -d switch/decided ] && { echo checked; exit 0; }
  [ $n -ge "$2" ] && { printf 'working %s\n' "$phase"; exit 0; }
  n=$((n + 1))
  sleep 0.1 2>/dev/null || { sleep 1; n=$((n + 9)); }
done
