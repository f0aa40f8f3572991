# After mysql-client.sh. Arguments: CONFIG import DATABASE TARGET OPTION..., or CONFIG dump DATABASE TARGET OPTION...
# shellcheck disable=SC2154 # find_client sets $found
action=$2 database=$3 target=$4
shift 4
case $target in
  *.gz) pack=gzip ;;
  *.bz2) pack=bzip2 ;;
  *.xz) pack=xz ;;
  *) pack='cat' ;;
esac
find_client "$pack"
# the first program of a pipe that fails is told through descriptor 4
if [ "$action" = import ]; then
  find_client mariadb mysql
  unpack() { if [ "$pack" = cat ]; then cat -- "$target"; else "$pack" -dc -- "$target"; fi; }
  { code=$({ { unpack; echo $? >&4; } | client "$found" --default-character-set=utf8mb4 "$@" -- "$database" >&5; } 4>&1) || exit; } 5>&1
else
  find_client mariadb-dump mysqldump
  umask 077
  sweep_leftovers "$target.swarm-new"
  new=$own_leftover # a dump of a run that was killed goes on, beside the next one
  trap 'rm -f -- "$new"' EXIT
  { code=$({ { client "$found" "$@" -- "$database"; echo $? >&4; } | "$pack" >"$new"; } 4>&1) || exit; } 5>&1
  [ "$code" = 0 ] && mv -f -- "$new" "$target"
fi
[ "$code" = 0 ]
