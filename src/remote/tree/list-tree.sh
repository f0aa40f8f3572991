# Lists all that is below a folder. Argument: FOLDER. Exit 20: it is not a folder; 21: it cannot be entered.
# First line: "absent", or "rsync" or "plain" (whether rsync is installed), and "gnu" or "posix" (which find is installed).
# gnu: for each path "TYPE MODE SIZE MTIME PATH" and the target of a link, each with a NUL behind it.
# posix: a line for each path, an empty line, and for each link two lines: its path and its target. A NUL stands for a line break of either.
if ! cd -- "$1" 2>/dev/null; then
  [ -d "$1" ] && exit 21
  [ -e "$1" ] && exit 20
  echo absent
  exit 0
fi
if command -v rsync >/dev/null; then printf 'rsync '; else printf 'plain '; fi
if find . -maxdepth 0 -printf '' 2>/dev/null; then
  echo gnu
  exec find . -mindepth 1 -printf '%y %m %s %T@ %P\0%l\0'
fi
echo posix
nl='
'
find . ! -path "*$nl*" -exec stat -c '%f %a %s %Y %n' {} +
# shellcheck disable=SC2016 # the inner sh expands these
find . -path "*$nl*" -exec sh -c 'for each; do printf "%s " "$(stat -c "%f %a %s %Y" "$each")"; printf %s "$each" | tr "\n" "\0"; echo; done' sh {} +
echo
# shellcheck disable=SC2016
find . -type l -exec sh -c 'for each; do printf %s "$each" | tr "\n" "\0"; echo; readlink -n "$each" | tr "\n" "\0"; echo; done' sh {} +
