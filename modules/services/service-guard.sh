# Runs a command unless the owner of the machine protects it. Exit 96, with the path on stderr: it is protected.
# Arguments: FILE COMMAND [ARGUMENT]...; FILE protects the machine where it exists.
file=$1
shift
[ ! -e "$file" ] && exec "$@"
printf '%s\n' "$file" >&2
exit 96
