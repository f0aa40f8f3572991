# Prints LoadState, ActiveState and UnitFileState of a unit of systemd. "missing": no systemctl on PATH.
# Arguments: NAME RUNLEVEL MANAGER; RUNLEVEL is for OpenRC alone, MANAGER user: that of the login.
export LC_ALL=C
command -v systemctl >/dev/null || { echo missing; exit 0; }
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
scope=
[ "$3" != user ] || scope=--user
systemctl $scope show --property=LoadState,ActiveState,UnitFileState -- "$1"
