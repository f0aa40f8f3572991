# Shows that the host can work: it makes, fills and removes a file where it keeps temporary ones.
file=$(new_temporary $$) || exit
trap 'rm -f "$file"' EXIT
case $file in
  "${TMPDIR:-/tmp}"/* | /tmp/*) ;;
  *) printf '%s\n' "${TMPDIR:-/tmp} cannot be written" >&2; exit 1 ;;
esac
head -c 65536 /dev/zero >"$file"
