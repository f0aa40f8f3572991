# Changes a setting of Git. Git puts a new file in place of the old one: it gets the owner of the old one. A lock of more than a minute is of
# a Git that was killed, as a change takes less. Arguments: FILE (empty: that of a repository, or of Git's choice), the words of git.
export LC_ALL=C
trap '' HUP INT TERM # the file must not stay with another owner
file=$1
shift
if [ -z "$file" ] && [ "$4" = --local ]; then file=$(cd -- "$2" && folder=$(git rev-parse --git-common-dir) && cd -- "$folder" && pwd)/config; fi
owner=
[ -z "$file" ] || owner=$(stat -L -c %u:%g -- "$file" 2>/dev/null)
if ! told=$(git "$@" 2>&1); then
  case $told in *'could not lock config file '*': File exists'*) ;; *) printf '%s\n' "$told" >&2; exit 1 ;; esac
  lock=${told#*could not lock config file }
  lock=${lock%%: File exists*}.lock
  case $lock in /*) ;; *) lock=$2/$lock ;; esac # of a repository it is below that
  [ -n "$(find "$lock" -mmin +1 2>/dev/null)" ] || { printf '%s\n' "$told" >&2; exit 1; }
  rm -f -- "$lock"
  git "$@" || exit 1
fi
[ -z "$owner" ] || [ "$(stat -L -c %u:%g -- "$file")" = "$owner" ] || chown "$owner" "$file"
