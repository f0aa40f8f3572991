# Prints the program that runs containers, what it says of a container in one line of JSON or an empty line, and the id of the image or an empty line.
# Arguments: ENGINE NAME IMAGE PULL; ENGINE and IMAGE may be empty; PULL: "pull" to load the newest image first.
engine=$1 name=$2 image=$3 pull=$4
if [ -z "$engine" ]; then
  for each in docker podman; do command -v "$each" >/dev/null && engine=$each && break; done
  [ -n "$engine" ] || { echo 'the host has no docker' >&2; exit 1; }
fi
names=$("$engine" container ls --all --format '{{.Names}}') || exit
printf '%s\n' "$engine"
found=
if printf '%s\n' "$names" | grep -qxF -e "$name"; then found=$("$engine" container inspect --format '{{json .}}' "$name") || exit; fi
printf '%s\n' "$found"
[ "$pull" != pull ] || "$engine" pull --quiet "$image" >/dev/null || exit
[ -z "$image" ] || "$engine" image inspect --format '{{.Id}}' "$image" 2>/dev/null || echo
