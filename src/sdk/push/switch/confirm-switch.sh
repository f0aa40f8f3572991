# Tells the switch that the host can still be reached, so that it keeps the new trees. Argument: ID. Exit 1: it is decided already.
# shellcheck disable=SC2094 # the file is only read
cd "${HOME:?}/.local/state/swarm/push/switch" 2>/dev/null && read -r id <id && [ "$id" = "$1" ] && mkdir decided 2>/dev/null && : >decided/confirmed
