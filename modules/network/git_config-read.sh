# Prints the values of a setting of Git, each with a NUL behind it. Arguments: NAME, and the words of git before the setting.
name=$1
shift
command -v git >/dev/null || { echo 'the host has no git' >&2; exit 1; }
git "$@" -z --get-all -- "$name"
status=$?
# 1: it has no value. A file that does not exist has none either.
[ "$status" -le 1 ] || exit "$status"
