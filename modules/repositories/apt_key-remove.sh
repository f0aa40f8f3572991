# Takes a key out of a file of apt; a file without another key goes. Arguments: FILE ID; ID "": the whole file. Needs: gpg for an ID.
export LC_ALL=C
file=$1 id=$2
[ -n "$id" ] || { rm -f -- "$file"; exit; }
home=$(new_temporary $$ -d) || exit
trap 'rm -rf -- "$home"' EXIT
list() { gpg --homedir "$home" --batch --with-colons --show-keys -- "$file" 2>/dev/null; }
if [ "$(list | grep -c '^pub:')" -le 1 ]; then rm -f -- "$file"; exit; fi
grep -q 'BEGIN PGP' -- "$file" && { printf '%s\n' "$file has more than one key: take this one out by hand" >&2; exit 1; }
key=$(list | sed -n 's/^fpr:*\([0-9A-F]*\):.*/\1/p' | grep -i "$id\$" | head -n 1)
gpg --homedir "$home" --batch --yes --no-default-keyring --keyring "$file" --delete-keys "$key" && rm -f -- "$file~"
