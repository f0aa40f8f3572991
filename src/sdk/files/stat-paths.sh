# Prints one line for each path: what stat prints, then the SHA-256 of a file or the target of a link. A colon stands between, as no name of
# a user has one. "absent": no such path.
# Arguments: PATH SIZE in turns. SIZE: hash the file if it has so many bytes; "any": hash it always; "-": never.
# Without arguments both are read from stdin, a line each. Needs: stat, readlink, and one of sha256sum, shasum and openssl.
export LC_ALL=C
line_break='
'
command -v stat >/dev/null || { echo 'the host has no stat' >&2; exit; }
# In a subshell, whose place the program takes.
print_hash() {
  if command -v sha256sum >/dev/null; then exec sha256sum
  elif command -v shasum >/dev/null; then exec shasum -a 256
  elif command -v openssl >/dev/null; then exec openssl dgst -sha256 -r
  else echo 'the host has no sha256sum' >&2; fi
}
# print_found PATH SIZE STAT: what stat printed of a path that is there, and the rest.
print_found() {
  bytes=${3#*:} extra=-
  case $3 in
    8*) if [ "$2" = any ] || [ "${bytes%%:*}" = "$2" ]; then extra=$(print_hash <"$1") || extra=-; extra=${extra%% *}; fi ;;
    a*)
      extra=$(readlink -- "$1")
      case $extra in *"$line_break"*) extra=$(printf %s "$extra" | tr '\n' '?') ;; esac
      ;;
  esac
  printf '%s:%s\n' "$3" "$extra"
}
print_stat() {
  if s=$(stat -c "$format" -- "$1" 2>&1); then
    print_found "$1" "$2" "$s"
  else
    case $s in
      *'No such file'* | *'Not a directory'*) echo absent ;;
      *) printf 'error %s\n' "$s" ;;
    esac
  fi
}
# print_batch PATH...: asks stat once for all, and once for each where one cannot be read. $sizes has the SIZE of each.
print_batch() {
  if found=$(stat -c "$format" -- "$@" 2>/dev/null); then
    IFS=$line_break
    for s in $found; do print_found "$1" "${sizes%% *}" "$s"; sizes=${sizes#* }; shift; done
    unset IFS
  else
    while [ $# -gt 0 ]; do print_stat "$1" "${sizes%% *}"; sizes=${sizes#* }; shift; done
  fi
}
format='%f:%s:%Y:%u:%U:%g:%G'
while [ $# -gt 0 ]; do print_stat "$1" "$2"; shift 2; [ $# -gt 0 ] || exit 0; done
sizes=
while IFS= read -r each && IFS= read -r wanted; do
  set -- "$@" "$each"
  sizes="$sizes$wanted "
  [ $# -lt 100 ] || { print_batch "$@"; set --; sizes=; }
done
[ $# -eq 0 ] || print_batch "$@"
