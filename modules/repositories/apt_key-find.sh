# Prints the files with a key, each on a line. Fails where the host has no gpg. Arguments: ID FILE...; ID: the last digits of a fingerprint;
# without FILE: those in which apt trusts keys for all repositories.
export LC_ALL=C
id=$1
shift
command -v gpg >/dev/null || { echo 'the host has no gpg, which reads the ID of a key' >&2; exit 3; }
home=$(new_temporary $$ -d) || exit
trap 'rm -rf -- "$home"' EXIT
[ $# -gt 0 ] || set -- /etc/apt/trusted.gpg /etc/apt/trusted.gpg.d/*
for file; do
  [ -f "$file" ] || continue
  gpg --homedir "$home" --batch --with-colons --show-keys -- "$file" 2>/dev/null | grep -qi "^fpr:*[0-9A-F]*$id:" && printf '%s\n' "$file"
done
:
