# Makes a folder that belongs to a user from the start. If the script is killed, no folder of root stays that keeps the user out.
# Needs: sweep_leftovers.
# Arguments: FOLDER OWNER:GROUP.
umask 077
mkdir -p -- "${1%/*}/" || exit
sweep_leftovers "$1.swarm-new"
# shellcheck disable=SC2154 # sweep_leftovers sets it
mkdir -- "$own_leftover" && chown -- "$2" "$own_leftover" && mv -- "$own_leftover" "$1" && exit
rmdir -- "$own_leftover" 2>/dev/null
exit 1
