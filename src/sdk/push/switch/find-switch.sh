# Prints the switch that is under way on the host: "none", "alive ID" or "dead ID" (the host restarted, or something killed it).
cd "${HOME:?}/.local/state/swarm/push" 2>/dev/null || { echo none; exit 0; }
[ ! -d switch ] || flock -s .lock true # while it is being started, or ends
read -r id 2>/dev/null <switch/id || { echo none; exit 0; }
if ! [ -e switch/lock ] || flock -n -s switch/lock true; then printf 'dead %s\n' "$id"; else printf 'alive %s\n' "$id"; fi
