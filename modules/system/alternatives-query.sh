# Prints what update-alternatives says of a group; nothing where there is none. Argument: NAME.
command -v update-alternatives >/dev/null || { echo 'the host has no update-alternatives' >&2; exit 1; }
update-alternatives --query "$1" 2>/dev/null || update-alternatives --display "$1" 2>/dev/null || :
