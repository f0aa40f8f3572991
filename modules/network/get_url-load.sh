# Loads a URL into a file, beside its name first. Exit 3: another SHA-256. Needs: curl or wget, sha256sum. Input: the configuration of curl.
# Arguments: URL SECONDS CERTS PROGRAM FILE SHA256 MODE OWNER:GROUP BACKUP. CERTS, BACKUP: yes or no. PROGRAM "curl": no other can send it.
# SHA256 "-": any; MODE "" and OWNER:GROUP ":" leave what a new file gets.
url=$1 seconds=$2 certs=$3 program=$4 file=$5 wanted=$6 mode=$7 owner=$8 backup=$9
umask 022
new=$(dirname "$file")/.swarm-load.$$
trap 'rm -f -- "$new"' EXIT
unsafe=
[ "$certs" = yes ] || unsafe=--no-check-certificate
if command -v curl >/dev/null; then curl -fsSL --max-time "$seconds" -o "$new" -K - || exit
elif [ "$program" = curl ]; then echo 'the host has no curl, which headers and a password need' >&2; exit 1
# not -T: with it the wget of busybox of Debian 12 ends with a segmentation fault
elif command -v wget >/dev/null && command -v timeout >/dev/null; then timeout "$seconds" wget $unsafe -q -O "$new" -- "$url" || exit
elif command -v wget >/dev/null; then wget $unsafe -q -T "$seconds" -O "$new" -- "$url" || exit
else echo 'the host has neither curl nor wget' >&2; exit 1; fi
found=$(sha256sum <"$new") || exit
found=${found%% *}
[ "$wanted" = - ] || [ "$found" = "$wanted" ] || { echo "another SHA-256 than checksum: $found" >&2; exit 3; }
if [ "$owner" != : ]; then chown -- "$owner" "$new" || exit; fi
if [ -n "$mode" ]; then chmod -- "$mode" "$new" || exit; fi
if [ "$backup" = yes ] && [ -f "$file" ]; then cp -p -- "$file" "$file.$(date -u +%Y%m%dT%H%M%SZ)~" || exit; fi
mv -f -- "$new" "$file"
