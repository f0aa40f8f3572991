# Loads the lists of apt as if the file NAME with the text on stdin were in FOLDER, its folder of sources. Arguments: FOLDER NAME.
# So a repository is put there only when its lists are loaded: where this is cut off, the next run finds no file that looks finished.
folder=$1 name=$2
parts=$(new_temporary $$ -d) && chmod 755 "$parts" || exit
trap 'rm -rf "$parts"' EXIT
trap 'exit 143' HUP INT TERM
for file in "$folder"/*; do
  [ ! -f "$file" ] || cp -- "$file" "$parts/" || exit
done
cat >"$parts/$name" || exit
LC_ALL=C apt-get -q update -o "Dir::Etc::sourceparts=$parts"
