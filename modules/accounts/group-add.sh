# Makes a group with the tools of shadow, else with those of busybox.
# Arguments: NAME GID SYSTEM; GID and SYSTEM may be empty.
if command -v groupadd >/dev/null; then exec groupadd ${2:+-g "$2"} ${3:+-r} -- "$1"; fi
exec addgroup ${2:+-g "$2"} ${3:+-S} "$1"
