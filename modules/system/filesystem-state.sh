# Prints what is on a device: "fs TYPE" for a file system or swap, "table TYPE" for partitions, "member TYPE" for a part of something else, such
# as LUKS, LVM or a RAID, "several" where it could be more than one, or nothing. Arguments: PATH.
command -v blkid >/dev/null || { echo 'the host has no blkid' >&2; exit 1; }
# blkid says of a device that it cannot read what it says of an empty one
dd if="$1" of=/dev/null bs=512 count=1 2>/dev/null || { printf '%s\n' "$1 cannot be read" >&2; exit 1; }
found=$(blkid -p -o export "$1")
status=$?
[ "$status" -ne 8 ] || { echo several; exit 0; }
[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || exit "$status"
# Whether so many bytes from a sector on can be read and all are zeros
are_zeros() { [ "$(dd if="$1" bs=512 skip="$2" count=$((($3 + 511) / 512)) 2>/dev/null | tr -cd '\0' | wc -c)" -eq "$3" ]; }
# Signatures are at the beginning, but also at the end: the second table of GPT, and the superblock of some RAIDs
ends_are_zeros() {
  if [ -b "$1" ]; then size=$(blockdev --getsize64 "$1"); else size=$(stat -L -c %s "$1"); fi
  [ "${size:-0}" -gt 0 ] || return
  [ "$size" -gt 1048576 ] || { are_zeros "$1" 0 "$size"; return; }
  last=$(((size - 1048576) / 512))
  are_zeros "$1" 0 1048576 && are_zeros "$1" "$last" $((size - last * 512))
}
# wipefs of util-linux knows all signatures that blkid does, so where it is there nothing else is asked
is_empty() {
  command -v wipefs >/dev/null || { ends_are_zeros "$1"; return; }
  signatures=$(wipefs "$1") && [ -z "$signatures" ]
}
# The blkid of busybox ends with 0 also where it finds nothing. It knows no partitions and no LVM.
if [ "$status" -eq 0 ] && ! printf '%s\n' "$found" | grep -q '^[A-Z_]*='; then
  type=$(printf '%s\n' "$found" | sed -n 's/.* TYPE="\([^"]*\)".*/\1/p')
  case $type in
    '') is_empty "$1" ||
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
