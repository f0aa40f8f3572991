# Prints the public part of a private key. Standard input begins with a line with the passphrase. Arguments: KEY FORMAT; FORMAT: PEM or OpenSSH.
key=$1 format=$2
IFS= read -r SWARM_PASSPHRASE || :
export SWARM_PASSPHRASE LC_ALL=C
command -v openssl >/dev/null || { echo 'the host has no openssl' >&2; exit 1; }
[ -r "$key" ] || { printf '%s\n' "the login cannot read $key" >&2; exit 1; }
public=$(openssl pkey -in "$key" -passin env:SWARM_PASSPHRASE -pubout) || exit
if [ "$format" = PEM ]; then printf '%s\n' "$public"; exit; fi
command -v ssh-keygen >/dev/null || { echo 'the host has no ssh-keygen' >&2; exit 1; }
printf '%s\n' "$public" | ssh-keygen -i -m PKCS8 -f /dev/stdin
