# Prints the entries of the access control list of a path, and then "differs" where setfacl would change something.
# Arguments: PATH PHYSICAL RECURSIVE OPTION...; PHYSICAL and RECURSIVE may be empty. OPTION: those of setfacl; none: only the entries.
path=$1 physical=$2 recursive=$3
shift 3
command -v setfacl >/dev/null || { echo 'the host has no setfacl' >&2; exit 1; }
if [ ! -e "$path" ] && [ ! -L "$path" ]; then printf '%s\n' "$path does not exist" >&2; exit 1; fi
getfacl --omit-header --absolute-names ${physical:+--physical} -- "$path" || exit
[ $# -gt 0 ] || exit 0
result=$(setfacl --test ${physical:+--physical} ${recursive:+--recursive} "$@" -- "$path") || exit
# setfacl writes *,* for a path that stays as it is
[ -z "$(printf '%s\n' "$result" | sed '/: \*,\*$/d; /^$/d')" ] || echo differs
