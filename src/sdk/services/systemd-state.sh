# Prints LoadState, ActiveState and UnitFileState of a unit of systemd. "missing": no systemctl on PATH.
# Argument: NAME.
export LC_ALL=C
command -v systemctl >/dev/null || { echo missing; exit 0; }
systemctl show --property=LoadState,ActiveState,UnitFileState -- "$1"
