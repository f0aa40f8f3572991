# Prints what is at the path of a key of SSH: "absent", "broken", or "key" and after it the public part of the key, its size and fingerprint as
# ssh-keygen -l prints them, and what the file of the public part has. Arguments: PATH of the private key.
path=$1
command -v ssh-keygen >/dev/null || { echo 'the host has no ssh-keygen' >&2; exit 1; }
[ -e "$path" ] || { echo absent; exit; }
[ -r "$path" ] || { printf '%s\n' "the login cannot read $path" >&2; exit 1; }
# through a pipe: ssh-keygen refuses a file that a group may read
public=$(cat -- "$path" | ssh-keygen -y -P '' -f /dev/stdin 2>/dev/null) || { echo broken; exit; }
echo key
printf '%s\n' "$public"
printf '%s\n' "$public" | ssh-keygen -l -f /dev/stdin || exit
[ ! -f "$path.pub" ] || head -n 1 -- "$path.pub"
