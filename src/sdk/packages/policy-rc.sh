# Runs a command while /usr/sbin/policy-rc.d exits with EXIT, which Debian asks before it starts a service. A file that is there comes back.
# Arguments: EXIT COMMAND...
file=/usr/sbin/policy-rc.d
restore() { if [ -e "$file.swarm" ]; then mv -f -- "$file.swarm" "$file"; else rm -f -- "$file"; fi; }
[ -e "$file" ] && mv -f -- "$file" "$file.swarm"
trap restore EXIT
printf '#!/bin/sh\nexit %s\n' "$1" >"$file"
chmod 755 "$file"
shift
"$@"
