# Removes the line REPO from the file PATH, and the file where nothing is left of it.
# Arguments: PATH REPO.
set -e
new=$1.new
: >"$new"
while IFS= read -r line || [ -n "$line" ]; do
  set -f
  # shellcheck disable=SC2086
  plain=$(printf '%s ' ${line%%#*})
  set +f
  [ "${plain% }" = "$2" ] || printf '%s\n' "$line" >>"$new"
done <"$1"
case $1 in */sources.list.d/*) [ -s "$new" ] || { rm -f -- "$1" "$new"; exit 0; } ;; esac
cat -- "$new" >"$1"
rm -f -- "$new"
