# Prints what a push must know of a folder of the host. Changes nothing. Arguments: DEST VERSIONS OWNER GROUP, both may be empty.
# DEST and VERSIONS are in the same folder; VERSIONS has NAME (a tree) and NAME.json (what swarm knows of it) for each version.
# Lines: dest KIND [TARGET] · folder PATH, the nearest that exists · readonly · denied · mount PATH,
# of dest or of a version · free KIB · missing PROGRAM ·
# version NAME [INFO] · files JSON, those of the version in use · used KIB · owner PATH, of another owner or group.
export LC_ALL=C
dest=$1 versions=$2
folder=${dest%/*}
while [ "$folder" ] && [ ! -d "$folder" ]; do folder=${folder%/*}; done
folder=${folder:-/}
printf 'folder %s\n' "$folder"
live=
if [ -L "$dest" ]; then
  target=$(readlink "$dest")
  printf 'dest link %s\n' "$target"
  case $target in "${versions##*/}"/*) live=$versions/${target#*/} ;; esac
elif [ -d "$dest" ]; then
  echo 'dest folder'
  live=$dest
elif [ -e "$dest" ]; then
  echo 'dest file'
else
  echo 'dest absent'
fi
real=$(cd -P "$folder" && pwd -P)
real=${real%/}${dest#"${folder%/}"} beside=${real%/*}/${versions##*/}
options='' longest='' mounted=''
while read -r _ _ _ _ point more _; do
  case $point in *\\*) point=$(printf '%b.' "$point") point=${point%.} ;; esac # a blank is written as \040 there
  case $point in "$real" | "$real"/* | "$beside" | "$beside"/*) printf 'mount %s\n' "$point"; mounted=yes ;; esac
  case $real in "${point%/}"/*) [ ${#point} -ge ${#longest} ] && longest=$point options=$more ;; esac
done </proc/self/mountinfo
case ,$options, in
  *,ro,*) echo readonly ;;
  *) [ -w "$folder" ] && { [ ! -d "$versions" ] || [ -w "$versions" ]; } || echo denied ;;
esac
for program in setsid flock timeout mv cat chmod find ln mkdir rm sed sha256sum sync tail tar xargs; do command -v "$program" >/dev/null || echo "missing $program"; done
owner=$3 group=$4
# shellcheck disable=SC2046 # the columns of df are split into words on purpose
set -- $(df -Pk "$folder")
while [ $# -gt 0 ] && [ "$1" != on ]; do shift; done # the end of its first line
while [ $# -gt 0 ]; do
  case $1 in *%) echo "free $free"; break ;; esac
  free=$1
  shift
done
for each in "$versions"/[0-9]*/; do
  each=${each%/}
  [ -d "$each" ] || continue
  info=
  [ -f "$each.json" ] && read -r info <"$each.json"
  printf 'version %s %s\n' "${each##*/}" "$info"
done
[ "$live" ] && [ -d "$live" ] && [ -z "$mounted" ] || exit 0
[ "$live" != "$dest" ] && [ -f "$live.json" ] && printf 'files %s\n' "$(tail -n +2 "$live.json")"
used=$(du -sk "$live")
echo "used ${used%%[!0-9]*}"
[ "$owner$group" ] || exit 0
cd "$live" || exit
set --
[ "$owner" ] && set -- ! -user "$owner"
[ "$group" ] && set -- "$@" ${1:+-o} ! -group "$group"
find . \( "$@" \) -exec printf 'owner %s\n' {} +
