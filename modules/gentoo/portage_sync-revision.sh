# Prints the revision of a repository of ebuilds and how old its last sync is: REVISION SECONDS; "-" for what is not known.
# Argument: NAME. A clone has no FETCH_HEAD before its first fetch.
folder=$(portageq get_repo_path / "$1") || exit
[ -n "$folder" ] || { printf '%s\n' "the host has no repository $1" >&2; exit 1; }
revision=$(git -C "$folder" rev-parse HEAD 2>/dev/null) || revision=$(head -c 100 "$folder/metadata/timestamp.chk" 2>/dev/null | head -n 1 | tr ' ' _)
age=-
for stamp in "$folder/.git/FETCH_HEAD" "$folder/.git/HEAD" "$folder/metadata/timestamp"; do
  [ -e "$stamp" ] && { age=$(($(date +%s) - $(stat -c %Y -- "$stamp"))); break; }
done
[ "$age" = - ] || [ "$age" -ge 0 ] || age=- # the clock was set back
echo "${revision:--} $age"
