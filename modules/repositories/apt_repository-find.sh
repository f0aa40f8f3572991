# Prints the content of the file OWN, then for each file of the sources that has the line: a NUL and its path.
# Arguments: FOLDER REPO OWN. White space in lines counts as one space.
[ -f "$3" ] && cat -- "$3"
for path in "$1/sources.list" "$1"/sources.list.d/*.list; do
  [ -f "$path" ] || continue
  while IFS= read -r line || [ -n "$line" ]; do
    set -f
    # shellcheck disable=SC2086
    plain=$(printf '%s ' ${line%%#*})
    set +f
    [ "${plain% }" = "$2" ] && { printf '\0%s' "$path"; break; }
  done <"$path"
done
:
