# Loads a URL into a file, beside its name first. Exit 3: another SHA-256. Needs: curl or wget, sha256sum.
# Arguments: URL FILE SHA256 SECONDS MODE OWNER:GROUP; SHA256 "-": any; MODE "" and OWNER:GROUP ":" leave what a new file gets.
url=$1 file=$2 wanted=$3 seconds=$4 mode=$5 owner=$6
umask 022
new=$(dirname "$file")/.swarm-load.$$
trap 'rm -f -- "$new"' EXIT
if command -v curl >/dev/null; then curl -fsSL --max-time "$seconds" -o "$new" --url "$url" || exit
# not -T: with it the wget of busybox of Debian 12 ends with a segmentation fault
elif command -v wget >/dev/null && command -v timeout >/dev/null; then timeout "$seconds" wget -q -O "$new" -- "$url" || exit
elif command -v wget >/dev/null; then wget -q -T "$seconds" -O "$new" -- "$url" || exit
else echo 'the host has neither curl nor wget' >&2; exit 1; fi
found=$(sha256sum <"$new") || exit
found=${found%% *}
[ "$wanted" = - ] || [ "$found" = "$wanted" ] || { echo "another SHA-256 than checksum: $found" >&2; exit 3; }
if [ "$owner" != : ]; then chown -- "$owner" "$new" || exit; fi
if [ -n "$mode" ]; then chmod -- "$mode" "$new" || exit; fi
mv -f -- "$new" "$file"
