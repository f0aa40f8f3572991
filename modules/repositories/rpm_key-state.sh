# Prints the ID of a key, and "present" or "absent": whether rpm has it. Fails where the fingerprint is another one.
# Arguments: KEY FINGERPRINT; FINGERPRINT may be empty. Needs: rpm, gpg; for a URL load_url.
set -e
export LC_ALL=C
for each in rpm gpg; do
  command -v "$each" >/dev/null || { echo "the host has no $each" >&2; exit 1; }
done
case $1 in
  http://* | https://*) print() { load_url "$1" 60 -; } ;;
  /*) print() { cat -- "$1"; } ;;
  *) print() { :; } ;;
esac
case $1 in
  http://* | https://* | /*)
    fingerprint=$(print "$1" | gpg --show-keys --with-colons 2>/dev/null | sed -n 's/^fpr:*\([0-9A-F]*\):*$/\1/p' | head -n 1)
    [ -n "$fingerprint" ] || { printf '%s\n' "$1 is not a key" >&2; exit 1; }
    [ -z "$2" ] || [ "$2" = "$fingerprint" ] || { echo "the key has the fingerprint $fingerprint" >&2; exit 1; } ;;
  *) fingerprint=$(printf %s "${1#0x}" | tr a-f A-F) ;;
esac
id=$(printf %s "$fingerprint" | tail -c 8 | tr A-F a-f)
if rpm -q "gpg-pubkey-$id" >/dev/null 2>&1 || rpm -q gpg-pubkey 2>/dev/null | grep -qi "^gpg-pubkey-\([0-9a-f]*\)$id-"; then echo "$id present"; else echo "$id absent"; fi
