# Prints what the host knows of a user, a line each: its line of passwd, its groups, "password" and the hash,
# "expires" and the day. Nothing: there is no such user.
# Argument: NAME. Needs: getent, or /etc/passwd; id.
read_entry() {
  if command -v getent >/dev/null; then getent "$1" "$2"; else grep "^$2:" "/etc/$1"; fi 2>/dev/null
}
line=$(read_entry passwd "$1") || exit 0
printf '%s\n' "$line"
id -Gn -- "$1" 2>/dev/null || id -Gn "$1"
shadow=$(read_entry shadow "$1")
printf 'password %s\n' "$(printf %s "$shadow" | cut -d : -f 2)"
printf 'expires %s\n' "$(printf %s "$shadow" | cut -d : -f 8)"
