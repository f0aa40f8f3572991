# Makes parameters for Diffie and Hellman beside their name first. Arguments: PATH MODE OWNER:GROUP BITS.
path=$1 mode=$2 owner=$3 bits=$4
new=$path.swarm-new
rm -f -- "$new"
trap 'rm -f -- "$new"' EXIT
openssl dhparam -out "$new" "$bits" 2>/dev/null || { printf '%s\n' "openssl cannot make parameters of $bits bits in $new" >&2; exit 1; }
if [ "$owner" != : ]; then chown -- "$owner" "$new" || exit; fi
chmod -- "$mode" "$new" && mv -f -- "$new" "$path"
