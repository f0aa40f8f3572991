# Loads a URL into a file, beside its name first. Exit 3: another SHA-256. Needs: load_url, sweep_leftovers, backup_file, sha256sum.
# Input: the configuration of curl.
# Arguments: URL SECONDS CERTS PROGRAM, as of load_url, FILE SHA256 MODE OWNER:GROUP BACKUP. BACKUP: yes or no. SHA256 "-": any. MODE "" and
# OWNER:GROUP ":" leave what a new file gets.
url=$1 seconds=$2 certs=$3 program=$4 file=$5 wanted=$6 mode=$7 owner=$8 backup=$9
umask 022
folder=${file%/*}
sweep_leftovers "$folder/.swarm-load"
# shellcheck disable=SC2154 # sweep_leftovers sets it
new=$own_leftover
trap 'rm -f -- "$new"' EXIT
load_url "$url" "$seconds" "$new" "$certs" "$program" || exit
found=$(sha256sum <"$new") || exit
found=${found%% *}
[ "$wanted" = - ] || [ "$found" = "$wanted" ] || { echo "another SHA-256 than checksum: $found" >&2; exit 3; }
if [ "$owner" != : ]; then chown -- "$owner" "$new" || exit; fi
if [ -n "$mode" ]; then chmod -- "$mode" "$new" || exit; fi
if [ "$backup" = yes ] && [ -f "$file" ]; then backup_file "$file" || exit; fi
mv -f -- "$new" "$file"
