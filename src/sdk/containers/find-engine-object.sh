# Prints the program that runs containers, and then "there" where it has a network or a volume of this name.
# Needs: find_engine. Arguments: ENGINE KIND NAME; ENGINE may be empty; KIND: network or volume.
engine=$1 kind=$2 name=$3
find_engine
names=$("$engine" "$kind" ls --format '{{.Name}}') || exit
printf '%s\n' "$engine"
if printf '%s\n' "$names" | grep -qxF -e "$name"; then echo there; fi
