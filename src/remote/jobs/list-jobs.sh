# Prints the names of all jobs that were begun, a line each.
cd "${HOME:?}/.local/state/swarm/jobs" 2>/dev/null || exit 0
for each in */begun; do [ -e "$each" ] && echo "${each%/begun}"; done
true
