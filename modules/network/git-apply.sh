# Brings a clone to a commit. Arguments: FOLDER REPOSITORY VERSION COMMIT DEPTH FORCE SUBMODULES; DEPTH 0: all; FORCE, SUBMODULES: yes or no.
export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -oBatchMode=yes}"
folder=$1 repository=$2 version=$3 commit=$4 depth=$5 force=$6 submodules=$7
umask 022
[ -e "$folder/.git" ] || git init -q -- "$folder" || exit
cd "$folder" || exit
git remote set-url origin "$repository" 2>/dev/null || git remote add origin "$repository" || exit
set -- fetch -q
[ "$depth" = 0 ] || set -- "$@" --depth "$depth"
git "$@" origin "$version" 2>/dev/null || git fetch -q --tags origin '+refs/heads/*:refs/remotes/origin/*' || exit
if [ "$force" = yes ]; then git checkout -q -f --detach "$commit"; else git checkout -q --detach "$commit"; fi || exit
[ "$submodules" = no ] || git submodule update -q --init --recursive
