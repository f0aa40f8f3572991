# Makes a private key beside its name first. Standard input begins with a line with the passphrase, which may be empty.
# Arguments: PATH MODE OWNER:GROUP OPTION...; the options of openssl genpkey.
path=$1 mode=$2 owner=$3
shift 3
new=$path.swarm-new
IFS= read -r SWARM_PASSPHRASE || :
export SWARM_PASSPHRASE LC_ALL=C
umask 077
rm -f -- "$new"
trap 'rm -f -- "$new"' EXIT
[ -z "$SWARM_PASSPHRASE" ] || set -- "$@" -aes-256-cbc -pass env:SWARM_PASSPHRASE
openssl genpkey "$@" -out "$new" || exit
if [ "$owner" != : ]; then chown -- "$owner" "$new" || exit; fi
chmod -- "$mode" "$new" && mv -f -- "$new" "$path"
