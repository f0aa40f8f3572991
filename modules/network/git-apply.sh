# Brings a clone to a commit. Arguments: FOLDER REPOSITORY VERSION COMMIT DEPTH FORCE SUBMODULES BARE REMOTE REFSPEC UMASK SSH. DEPTH 0: all.
# FORCE, SUBMODULES, BARE: yes or no. REFSPEC "": none. SSH: the command for ssh, or "".
folder=$1 repository=$2 version=$3 commit=$4 depth=$5 force=$6 submodules=$7 bare=$8 remote=$9
shift 9
refspec=$1
umask "$2"
export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="${3:-${GIT_SSH_COMMAND:-ssh -oBatchMode=yes}}"
git_dir=$folder/.git
[ "$bare" = no ] || git_dir=$folder
if [ ! -f "$git_dir" ]; then
  mkdir -p -- "$git_dir" || exit
  # the process id in it; a run that was killed leaves it, the locks of git, and files of two commits
  busy=$(cd "$git_dir" && pwd)/swarm-busy
  if [ -s "$busy" ] && [ -d /proc/self ] && [ ! -d "/proc/$(cat "$busy")" ]; then
    find "$git_dir" -name '*.lock' -type f -exec rm -f {} + || exit
    force=yes
  fi
  echo $$ >"$busy" || exit
  trap '[ $? -gt 128 ] || rm -f -- "$busy"' EXIT # above: git was killed
fi
if [ "$bare" = yes ]; then
  [ -e "$folder/HEAD" ] || git init -q --bare -- "$folder" || exit
else
  [ -f "$git_dir" ] || [ -e "$git_dir/HEAD" ] || git init -q -- "$folder" || exit
fi
cd "$folder" || exit
if [ "$bare" = yes ]; then git config "remote.$remote.url" "$repository" || exit
else git remote set-url "$remote" "$repository" 2>/dev/null || git remote add "$remote" "$repository" || exit; fi
set -- fetch -q
[ "$depth" = 0 ] || set -- "$@" --depth "$depth"
[ -z "$refspec" ] || git "$@" "$remote" "$refspec" || exit
if [ "$bare" = yes ]; then
  git update-ref --no-deref HEAD "$(git rev-parse -q --verify HEAD)" 2>/dev/null # so that its branch can be deleted
  git "$@" -f --prune "$remote" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' || exit
  if git show-ref -q --verify "refs/heads/$version"; then git symbolic-ref HEAD "refs/heads/$version"
  else git update-ref --no-deref HEAD "$commit"; fi
  exit
fi
branch=$version
[ "$version" != HEAD ] || branch=$(git ls-remote --symref "$remote" HEAD | sed -n "s#^ref: refs/heads/\(.*\)[[:space:]]HEAD\$#\1#p")
git "$@" "$remote" "${branch:-$version}" 2>/dev/null || git fetch -q --tags "$remote" "+refs/heads/*:refs/remotes/$remote/*" || exit
# On a branch, where a branch is wanted: git pull and emaint sync need one. A tag may have its name, or another work tree may be on it.
is_free() {
  git show-ref -q --verify "refs/tags/$branch" && return 1
  [ "$(git symbolic-ref -q HEAD)" = "refs/heads/$branch" ] && return
  git worktree list --porcelain | grep -Fqx "branch refs/heads/$branch" && return 1
  return 0
}
tip=$(git rev-parse -q --verify "refs/remotes/$remote/$branch^{commit}" 2>/dev/null)
if [ "$tip" = "$commit" ] && is_free; then set -- -B "$branch" "$commit"
else set -- --detach "$commit"; fi
[ "$force" = no ] || set -- -f "$@"
git checkout -q "$@" || exit
[ "$tip" != "$commit" ] || git branch -q --set-upstream-to="$remote/$branch" 2>/dev/null
[ "$submodules" = no ] || git submodule update -q --init --recursive
