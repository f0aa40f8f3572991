# Sets owner, group and mode of paths. The owner comes first: chown clears the set-uid bit.
# Arguments: OWNER:GROUP MODE PATH...; ":" and "" leave what is.
owner=$1 mode=$2
shift 2
if [ "$owner" != : ]; then chown -h -- "$owner" "$@" || exit; fi
if [ -n "$mode" ]; then
  case $mode in [0-7]*) mode=0$mode ;; esac # with four digits GNU chmod leaves the set-group-ID bit of a folder
  chmod -- "$mode" "$@"
fi
