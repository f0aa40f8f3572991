# The binhost in a folder of a host: one operation on it. Exit 73: the path of a new link exists already.
# Arguments: OPERATION PATH..., as below. Needs: coreutils (stat, touch -d, sync FILE, ln -T, head -c).
operation=$1
shift
umask 022 # a web server reads the folders and files
make_parent() { mkdir -p -- "${1%/*}"; }
exists() { [ -e "$1" ] || [ -h "$1" ]; }
walk() {
  for p in "$1"/* "$1"/.[!.]*; do
    if [ -h "$p" ]; then :; elif [ -d "$p" ]; then walk "$p"; elif [ -f "$p" ]; then printf '%s\n' "$p"; fi
  done
}
case $operation in
  stat) # FOLDER PATH...: size, time, number of names, type and path of each that exists
    cd -- "$1" && shift && stat -c '%s %Y %h %F/%n' -- "$@" ;;
  list) # FOLDER: every file below, links left out
    [ -d "$1" ] || exit 0
    walk "$1" ;;
  parent) # PATH: makes the folder that it is in
    make_parent "$1" ;;
  receive) # PATH: writes stdin to it
    exec cat >"$1" ;;
  settle) # PATH TIME: sets the time, unless it is empty, and waits until the disk has the file
    { [ -z "$2" ] || touch -d "@$2" -- "$1"; } && sync -- "$1" ;;
  link) # FROM TO: never over another file
    make_parent "$2" || exit 1
    if exists "$2"; then exit 73; fi
    ln -T -- "$1" "$2" && exit 0
    if exists "$2"; then exit 73; fi
    exit 1 ;;
  rename) # FROM TO
    mv -f -T -- "$1" "$2" ;;
  remove) # PATH
    rm -f -- "$1" ;;
  sync) # PATH...: waits until the disk has them
    sync -- "$@" ;;
  digest) # PATH PROGRAM: the digest that md5sum, sha1sum or sha256sum prints
    "$2" <"$1" ;;
  read) # PATH FROM COUNT: so many bytes, from the byte FROM on, counted from 1
    tail -c +"$2" -- "$1" | head -c "$3" ;;
esac
