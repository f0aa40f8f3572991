# Prints what a clone has and what the repository has, a line each: HEAD or "-", the state of the clone, the wanted commit or "-".
# The state is killed (a run of swarm was, in the midst of it), clean, changed (of a bare one: other branches or tags than the repository),
# ahead (its branch has commits that it did not fetch) or other (bare, and should not be, or not).
# Arguments: FOLDER REPOSITORY VERSION BARE SSH; BARE: yes or no; SSH: the command for ssh, or "".
folder=$1 repository=$2 version=$3 bare=$4
export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="${5:-${GIT_SSH_COMMAND:-ssh -oBatchMode=yes}}"
command -v git >/dev/null || { echo 'the host has no git' >&2; exit 1; }
refs=$(git ls-remote -- "$repository") || exit
git_dir=$folder/.git other=$folder/objects
[ "$bare" = no ] || { git_dir=$folder other=$folder/.git; }
if [ -e "$git_dir/HEAD" ] || [ -f "$git_dir" ]; then head=$(git -C "$folder" rev-parse -q --verify HEAD 2>/dev/null); else head=; fi
printf '%s\n' "${head:--}"
heads() { awk '$2 ~ "^refs/(heads|tags)/" && $2 !~ "\\^{}$" { print $1, $2 }' | sort; }
if [ -e "$other" ]; then echo other
elif [ -s "$git_dir/swarm-busy" ] && [ -d /proc/self ] && [ ! -d "/proc/$(cat "$git_dir/swarm-busy")" ]; then echo killed
elif [ -z "$head" ]; then echo clean
elif [ "$bare" = yes ]; then
  if [ "$(git -C "$folder" show-ref | heads)" = "$(printf '%s\n' "$refs" | heads)" ]; then echo clean; else echo changed; fi
elif [ -n "$(git -C "$folder" status --porcelain -uno 2>/dev/null)" ]; then echo changed
elif git -C "$folder" symbolic-ref -q HEAD >/dev/null && [ -n "$(git -C "$folder" rev-list -n 1 HEAD --not --remotes)" ]; then echo ahead
else echo clean; fi
printf '%s\n' "$refs" | awk -v wanted="$version" '
  $2 == "refs/tags/" wanted "^{}" { peeled = $1 }
  $2 == "refs/tags/" wanted || $2 == wanted { tag = $1 }
  $2 == "refs/heads/" wanted { branch = $1 }
  END { print peeled ? peeled : branch ? branch : tag ? tag : "-" }'
