# Prints one line for each path: what stat prints, then the SHA-256 of a file or the target of a link. "absent": no such path.
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
print_stat() {
  if s=$(stat -c '%f %u %U %g %G %s %Y' -- "$1" 2>&1); then
    path=$1 size=$2 extra=-
    # shellcheck disable=SC2086 # the fields are split into words on purpose
    case $s in
      8*) set -- $s; if [ "$size" = any ] || [ "$6" = "$size" ]; then extra=$(print_hash <"$path") || extra=-; extra=${extra%% *}; fi ;;
      a*)
        extra=$(readlink -- "$path")
        case $extra in *"$line_break"*) extra=$(printf %s "$extra" | tr '\n' '?') ;; esac
        ;;
    esac
    printf '%s %s\n' "$s" "$extra"
  else
    case $s in
      *'No such file'* | *'Not a directory'*) echo absent ;;
      *) printf 'error %s\n' "$s" ;;
    esac
  fi
}
if [ $# -eq 0 ]; then while IFS= read -r each && IFS= read -r wanted; do print_stat "$each" "$wanted"; done; fi
while [ $# -gt 0 ]; do print_stat "$1" "$2"; shift 2; done
