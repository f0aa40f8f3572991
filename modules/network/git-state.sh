# Prints what a clone has and what the repository has, a line each: HEAD or "-", "clean" or "changed", the wanted commit or "-".
# Arguments: FOLDER REPOSITORY VERSION.
export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -oBatchMode=yes}"
folder=$1 repository=$2 version=$3
command -v git >/dev/null || { echo 'the host has no git' >&2; exit 1; }
git -C "$folder" rev-parse -q --verify HEAD 2>/dev/null || echo -
if [ -n "$(git -C "$folder" status --porcelain -uno 2>/dev/null)" ]; then echo changed; else echo clean; fi
refs=$(git ls-remote -- "$repository") || exit
printf '%s\n' "$refs" | awk -v wanted="$version" '
  $2 == "refs/tags/" wanted "^{}" { peeled = $1 }
  $2 == "refs/tags/" wanted || $2 == wanted { tag = $1 }
  $2 == "refs/heads/" wanted { branch = $1 }
  END { print peeled ? peeled : branch ? branch : tag ? tag : "-" }'
