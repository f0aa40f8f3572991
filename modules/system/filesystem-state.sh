# Prints what is on a device: "fs TYPE" for a file system or swap, "table TYPE" for partitions, "member TYPE" for a part of something else, such
# as LUKS, LVM or a RAID, "several" where it could be more than one, or nothing. Arguments: PATH.
command -v blkid >/dev/null || { echo 'the host has no blkid' >&2; exit 1; }
# blkid says of a device that it cannot read what it says of an empty one
dd if="$1" of=/dev/null bs=512 count=1 2>/dev/null || { printf '%s\n' "$1 cannot be read" >&2; exit 1; }
found=$(blkid -p -o export "$1")
status=$?
[ "$status" -ne 8 ] || { echo several; exit 0; }
[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || exit "$status"
is_zero() { [ "$(dd if="$1" bs=65536 count=16 2>/dev/null | tr -d '\0' | wc -c)" -eq 0 ]; }
wiped() { command -v wipefs >/dev/null && signatures=$(wipefs "$1" 2>/dev/null) && [ -z "$signatures" ]; }
# The blkid of busybox ends with 0 also where it finds nothing. It knows no partitions and no LVM, so a device is empty only
# where it begins with zeros, or where wipefs finds nothing.
if [ "$status" -eq 0 ] && ! printf '%s\n' "$found" | grep -q '^[A-Z_]*='; then
  type=$(printf '%s\n' "$found" | sed -n 's/.* TYPE="\([^"]*\)".*/\1/p')
  case $type in
    '') is_zero "$1" || wiped "$1" ||
      { printf '%s\n' "the blkid of the host does not know what is on $1: install that of util-linux" >&2; exit 1; } ;;
    *_member | crypto_LUKS) echo "member $type" ;;
    *) echo "fs $type" ;;
  esac
  exit
fi
type='' table='' usage=''
while IFS='=' read -r name value; do
  case $name in TYPE) type=$value ;; PTTYPE) table=$value ;; USAGE) usage=$value ;; esac
done <<END
$found
END
case $usage:$type in
  *:) [ -z "$table" ] || echo "table $table" ;;
  *:*_member) echo "member $type" ;;
  filesystem:* | *:swap) echo "fs $type" ;;
  *) echo "member $type" ;;
esac
