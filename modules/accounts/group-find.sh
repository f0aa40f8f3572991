# Prints the entry of a group; nothing where there is none. Argument: NAME.
if command -v getent >/dev/null; then getent group "$1"; else grep "^$1:" /etc/group; fi || :
