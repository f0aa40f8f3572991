# Makes folders and the missing ones above them. Everybody may read them (0755), whatever the umask of the login is. Prints what was
# missing, from the inside out.
# Arguments: OWNER:GROUP FOLDER... ":" leaves the owner as it is.
owner=$1
shift
umask 022
for each; do
  while [ "$each" ] && [ ! -d "$each" ]; do
    printf '%s\n' "$each"
    each=${each%"${each##*[!/]}"}
    case $each in */*) each=${each%/*} ;; *) each= ;; esac
  done
done
mkdir -p -- "$@" || exit
if [ "$owner" != : ]; then chown -- "$owner" "$@"; fi
