# Makes folders and the missing ones above them. Everybody may read them (0755), whatever the umask of the login is.
# Arguments: OWNER:GROUP FOLDER... ":" leaves the owner as it is.
owner=$1
shift
umask 022
mkdir -p -- "$@" || exit
if [ "$owner" != : ]; then chown -- "$owner" "$@"; fi
