# Runs a command on a new file that holds stdin, and removes the file. The first %s of each word is the path of the file.
# Arguments: how many bytes that is, COMMAND [ARGUMENT]...
file=$(new_temporary $$ "$1") || exit
trap 'rm -f -- "$file"' EXIT
cat >"$file" || exit
shift
for word; do
  shift
  case $word in *%s*) word=${word%%%s*}$file${word#*%s} ;; esac
  set -- "$@" "$word"
done
"$@"
