# Puts a container that was made as NAME-swarm-new in the place of NAME, and starts it. Arguments: ENGINE NAME START; START: "start" or "".
engine=$1 name=$2 start=$3
names=$("$engine" container ls --all --format '{{.Names}}') || exit
if printf '%s\n' "$names" | grep -qxF -e "$name"; then
  "$engine" stop "$name" >/dev/null || exit
  "$engine" rm --force "$name" >/dev/null || exit
fi
"$engine" rename "$name-swarm-new" "$name" || exit
[ "$start" != start ] || "$engine" start "$name" >/dev/null
