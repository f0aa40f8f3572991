# Gives a new version its owner and its record, and has all of it on the disk before it comes into use.
# Needs: exact_mode. Arguments: VERSIONS NEW OWNER:GROUP MODE; ":" and "" leave what is. stdin: the text of NEW.json.
# Exit 73: it cannot be written; 74: owner or mode cannot be set.
export LC_ALL=C
cd -- "$1" || exit 73
if [ "$3" != : ]; then chown -hR -- "$3" "./$2" || exit 74; fi
if [ "$4" ]; then chmod -- "$(exact_mode "$4")" "./$2" || exit 74; fi
(umask 077; cat >"$2.json") || exit 73
sync -f . 2>/dev/null || sync
