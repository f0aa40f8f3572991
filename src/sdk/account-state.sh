# Prints what the host knows of a user, a line each: its line of passwd, its groups, "password" and the hash,
# "expires" and the day, "ages" and the four numbers of days of the password. Nothing: there is no such user.
# Argument: NAME. Needs: getent, or /etc/passwd; id.
read_entry() {
  if command -v getent >/dev/null; then getent "$1" "$2" 2>/dev/null; return; fi
  [ -r "/etc/$1" ] && while IFS= read -r entry; do
    case $entry in "$2":*) printf '%s\n' "$entry"; return ;; esac
  done <"/etc/$1"
  return 1
}
line=$(read_entry passwd "$1") || exit 0
printf '%s\n' "$line"
id -Gn -- "$1" 2>/dev/null || id -Gn "$1"
shadow=$(read_entry shadow "$1")
printf 'password %s\n' "$(printf %s "$shadow" | cut -d : -f 2)"
printf 'expires %s\n' "$(printf %s "$shadow" | cut -d : -f 8)"
printf 'ages %s\n' "$(printf %s "$shadow" | cut -d : -f 4-7)"
