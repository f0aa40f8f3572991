# Packs paths into an archive, beside its name first. Each path is stored under its last name.
# Arguments: FORMAT ARCHIVE COUNT EXCLUDED... PATH...; COUNT: how many EXCLUDED there are, which are names as the archive has them.
format=$1 archive=$2 count=$3
shift 3
new=$archive.swarm-new list=$archive.swarm-list
rm -f -- "$new" "$list"
trap 'rm -f -- "$new" "$list"' EXIT
if [ "$format" = zip ]; then
  path=$(eval "printf '%s.' \"\${$#}\"") # the only one
  path=${path%.} left=$#
  while [ "$left" -gt 1 ]; do
    set -- "$@" "$1" "$1/*"
    shift
    left=$((left - 1))
  done
  shift
  [ $# -eq 0 ] || set -- -x "$@"
  (cd "$(dirname "$path")" && zip -qr - "./${path##*/}" "$@") >"$new" || exit
else
  left=$#
  while [ "$left" -gt 0 ]; do
    if [ "$count" -gt 0 ]; then printf '%s\n' "$1" >>"$list" || exit
    else set -- "$@" -C "$(dirname "$1")" "./${1##*/}"; fi
    shift
    count=$((count - 1)) left=$((left - 1))
  done
  if [ -s "$list" ]; then
    tar -cf /dev/null -X /dev/null -C / dev/null 2>/dev/null || { echo 'the tar of this host cannot leave out paths' >&2; exit 1; }
    set -- -X "$list" "$@"
  fi
  case $format in tar) flag= ;; gz) flag=z ;; bz2) flag=j ;; xz) flag=J ;; esac
  tar -c"$flag"f "$new" "$@" || exit
fi
mv -f -- "$new" "$archive"
