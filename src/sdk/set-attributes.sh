# Sets owner, group and mode of a path. The owner comes first: chown clears the set-uid bit.
# Arguments: PATH OWNER:GROUP MODE; ":" and "" leave what is.
if [ "$2" != : ]; then chown -h -- "$2" "$1" || exit; fi
if [ -n "$3" ]; then chmod -- "$3" "$1"; fi
