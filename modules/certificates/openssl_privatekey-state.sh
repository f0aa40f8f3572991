# Prints what is at the path of a private key: "absent", "broken", or "plain" or "encrypted" and after it the SHA-256 of its public part and the
# public part as openssl describes it. Nothing of the private part. Standard input begins with a line with the passphrase. Arguments: PATH.
path=$1
IFS= read -r SWARM_PASSPHRASE || :
export SWARM_PASSPHRASE LC_ALL=C
command -v openssl >/dev/null || { echo 'the host has no openssl' >&2; exit 1; }
[ -e "$path" ] || { echo absent; exit; }
[ -r "$path" ] || { printf '%s\n' "the login cannot read $path" >&2; exit 1; }
public=$(openssl pkey -in "$path" -passin env:SWARM_PASSPHRASE -pubout 2>/dev/null) || { echo broken; exit; }
if grep -q ENCRYPTED -- "$path"; then echo encrypted; else echo plain; fi
printf '%s\n' "$public" | openssl pkey -pubin -outform DER | openssl dgst -sha256 -r || exit
printf '%s\n' "$public" | openssl pkey -pubin -noout -text
