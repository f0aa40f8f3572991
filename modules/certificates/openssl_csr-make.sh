# Prints a new request for a certificate, a line "--", its description, a line "--", and the description of the request that is at PATH, if any.
# It writes nothing. Standard input: a line with the passphrase of the key, then the configuration for openssl req.
# Arguments: PATH KEY OPTION...; PATH may be empty; the options of openssl req.
path=$1 key=$2
shift 2
IFS= read -r SWARM_PASSPHRASE || :
export SWARM_PASSPHRASE LC_ALL=C
command -v openssl >/dev/null || { echo 'the host has no openssl' >&2; exit 1; }
[ -r "$key" ] || { printf '%s\n' "the login cannot read $key" >&2; exit 1; }
# through cat: /dev/stdin opens anew, and where it is a file it would begin with the passphrase again
new=$(cat | openssl req -new -config /dev/stdin -key "$key" -passin env:SWARM_PASSPHRASE "$@") || exit
printf '%s\n--\n' "$new"
printf '%s\n' "$new" | openssl req -config /dev/null -noout -text -nameopt utf8 || exit
echo --
[ -z "$path" ] || [ ! -f "$path" ] || openssl req -config /dev/null -in "$path" -noout -text -nameopt utf8 2>/dev/null || echo 'not a request for a certificate'
