# Prints what is on a device: "fs TYPE", "table TYPE" for partitions, "several" where it could be more than one, or nothing. Arguments: PATH.
command -v blkid >/dev/null || { echo 'the host has no blkid' >&2; exit 1; }
# blkid says of a device that it cannot read what it says of an empty one
dd if="$1" of=/dev/null bs=512 count=1 2>/dev/null || { echo "$1 cannot be read" >&2; exit 1; }
found=$(blkid -p -o export "$1")
status=$?
[ "$status" -ne 8 ] || { echo several; exit 0; }
[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || exit "$status"
printf '%s\n' "$found" | sed -n 's/^TYPE=/fs /p; s/^PTTYPE=/table /p'
