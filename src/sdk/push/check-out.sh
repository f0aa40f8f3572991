# Writes the files of a commit below a folder, as `git checkout` would, and runs no hook. Needs: git.
# Arguments: REPOSITORY COMMIT FOLDER INDEX PREFIX; FOLDER is empty, INDEX is a file to use, PREFIX is the folder in the repository.
umask 022
unset GIT_OBJECT_DIRECTORY GIT_NAMESPACE GIT_CONFIG
export GIT_DIR="$1" GIT_WORK_TREE="$3" GIT_INDEX_FILE="$4" GIT_LITERAL_PATHSPECS=1
cd -- "$3" || exit
git -c core.hooksPath=/dev/null read-tree "$2" || exit
git ls-files -z -- "${5:-.}" | git -c core.hooksPath=/dev/null checkout-index -z --stdin
