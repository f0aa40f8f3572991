# Makes a key of SSH beside its name first. Arguments: PATH TYPE BITS COMMENT; BITS may be empty.
path=$1 type=$2 bits=$3 comment=$4
new=$path.swarm-new
umask 077
rm -f -- "$new" "$new.pub"
trap 'rm -f -- "$new" "$new.pub"' EXIT
ssh-keygen -q -t "$type" ${bits:+-b "$bits"} -C "$comment" -N '' -f "$new" </dev/null >&2 || exit
# the private part last: where this is killed before, the next run makes the key again
chmod 0644 -- "$new.pub" && mv -f -- "$new.pub" "$path.pub" && mv -f -- "$new" "$path" || exit
cat -- "$path.pub"
ssh-keygen -l -f "$path.pub"
