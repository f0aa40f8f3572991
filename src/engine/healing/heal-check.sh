# Shows that the host can work: it makes, fills and removes a file where it keeps temporary ones.
file=$(new_temporary $$) || exit
trap 'rm -f "$file"' EXIT
head -c 65536 /dev/zero >"$file"
