# Reads or installs a package that is a file of the host or behind a URL. state prints: NAME VERSION INSTALLED NEWER; INSTALLED "-": none.
# Arguments: state FILE, or install FILE COMMAND...; the file follows the command. Needs: dpkg-deb, dpkg-query; for a URL load_url.
verb=$1 from=$2
shift 2
export LC_ALL=C
command -v dpkg-deb >/dev/null || { echo 'the host has no dpkg-deb' >&2; exit 3; }
case $from in
  *://*)
    folder=$(new_temporary $$ -d) || exit
    trap 'rm -rf -- "$folder"' EXIT
    chmod 755 "$folder"
    file=$folder/package.deb
    load_url "$from" 1800 "$file" || exit ;;
  *)
    file=$from
    [ -f "$file" ] || { printf '%s\n' "$file is not a file" >&2; exit 1; } ;;
esac
if [ "$verb" = install ]; then "$@" "$file"; exit; fi
name=$(dpkg-deb -f "$file" Package) && version=$(dpkg-deb -f "$file" Version) || exit
found=$(dpkg-query -W -f '${db:Status-Status} ${Version}\n' -- "$name" 2>/dev/null | sed -n 's/^installed //p' | head -n 1)
newer=no
[ -n "$found" ] && dpkg --compare-versions "$found" gt "$version" && newer=yes
printf '%s %s %s %s\n' "$name" "$version" "${found:--}" "$newer"
