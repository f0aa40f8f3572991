# Prints the program that runs containers, the id of the image or an empty line, and if the container is there
# "there" and what the program says of it in JSON.
# Needs: find_engine. Arguments: ENGINE NAME IMAGE PULL; ENGINE and IMAGE may be empty; PULL: "pull" to load the newest image first.
engine=$1 name=$2 image=$3 pull=$4 id=
find_engine
names=$("$engine" container ls --all --format '{{.Names}}') || exit
[ "$pull" != pull ] || "$engine" pull --quiet "$image" >/dev/null || exit
printf '%s\n' "$engine"
[ -z "$image" ] || id=$("$engine" image inspect --format '{{.Id}}' "$image" 2>/dev/null | tail -n 1)
printf '%s\n' "$id"
if printf '%s\n' "$names" | grep -qxF -e "$name"; then echo there && "$engine" container inspect "$name"; fi
