# Prints the places at or below a folder where a file system is mounted, one a line, as paths from the folder: . or ./PATH.
# Argument: FOLDER
folder=$(cd -P -- "$1" 2>/dev/null && pwd) || exit 0
[ -r /proc/self/mountinfo ] || exit 0
while read -r _ _ _ _ place _; do
  # a blank or a line break in a name is written as \040 or \012
  case $place in *\\*) place=$(printf %b "$place") ;; esac
  case $place in "$folder" | "$folder"/*) printf '.%s\n' "${place#"$folder"}" ;; esac
done </proc/self/mountinfo
