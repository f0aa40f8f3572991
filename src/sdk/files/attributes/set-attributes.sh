# Sets owner, group and mode of paths. The owner comes first: chown clears the set-uid bit.
# Needs: exact_mode. Arguments: OWNER:GROUP MODE PATH...; ":" and "" leave what is.
owner=$1 mode=$2
shift 2
if [ "$owner" != : ]; then chown -h -- "$owner" "$@" || exit; fi
if [ -n "$mode" ]; then
  chmod -- "$(exact_mode "$mode")" "$@"
fi
