# Makes the folder of a user, with its owner from the start: one of root would keep the user out for ever. Needs: sweep_leftovers.
# Arguments: FOLDER OWNER:GROUP.
umask 077
mkdir -p -- "${1%/*}/" || exit
sweep_leftovers "$1.swarm-new"
# shellcheck disable=SC2154 # sweep_leftovers sets it
mkdir -- "$own_leftover" && chown -- "$2" "$own_leftover" && mv -- "$own_leftover" "$1" && exit
rmdir -- "$own_leftover" 2>/dev/null
exit 1
