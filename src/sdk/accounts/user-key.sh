# Makes a key of SSH as its user, who owns the folder. Arguments: NAME FILE TYPE BITS COMMENT; BITS may be empty.
# The private key gets its name last: where it is, the public key is there too.
name=$1 SWARM_FILE=$2 SWARM_TYPE=$3 SWARM_BITS=$4 SWARM_COMMENT=$5
command -v ssh-keygen >/dev/null || { echo 'the host has no ssh-keygen' >&2; exit 1; }
export SWARM_FILE SWARM_TYPE SWARM_BITS SWARM_COMMENT
# shellcheck disable=SC2016 # the shell of the user expands it
make='umask 077
new=$SWARM_FILE.swarm-new
rm -rf -- "$new"
mkdir -p -m 0700 -- "${SWARM_FILE%/*}" && mkdir -- "$new" &&
ssh-keygen -q -t "$SWARM_TYPE" ${SWARM_BITS:+-b "$SWARM_BITS"} -C "$SWARM_COMMENT" -N "" -f "$new/key" </dev/null &&
mv -f -- "$new/key.pub" "$SWARM_FILE.pub" && mv -f -- "$new/key" "$SWARM_FILE" && rmdir -- "$new"'
if [ "$(id -un)" = "$name" ]; then sh -c "$make"; else su -s /bin/sh "$name" -c "$make"; fi
