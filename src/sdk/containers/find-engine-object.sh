# Prints the program that runs containers, and then "there" where it has a network or a volume of this name.
# Arguments: ENGINE KIND NAME; ENGINE may be empty; KIND: network or volume.
engine=$1 kind=$2 name=$3
if [ -z "$engine" ]; then
  for each in docker podman; do command -v "$each" >/dev/null && engine=$each && break; done
  [ -n "$engine" ] || { echo 'the host has no docker' >&2; exit 1; }
fi
names=$("$engine" "$kind" ls --format '{{.Name}}') || exit
printf '%s\n' "$engine"
if printf '%s\n' "$names" | grep -qxF -e "$name"; then echo there; fi
