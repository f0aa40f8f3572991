# Removes the signatures of all that is on a device. Fails where something is left. Arguments: PATH.
wipefs --all "$1" >/dev/null || exit
left=$(wipefs "$1") || exit
[ -n "$left" ] || exit 0
# wipefs leaves the partition table of what is no whole disk, and succeeds. A device that is in use has failed above.
wipefs --all --force "$1" >/dev/null || exit
left=$(wipefs "$1") || exit
[ -z "$left" ] || { printf '%s\n' "$1 still has signatures" >&2; exit 1; }
