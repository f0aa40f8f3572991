# Prints each file of a folder on a line: its name and what it holds, both in base64, with a tab between. Links to files count. Arguments: FOLDER.
cd -- "$1" || exit
for file in * .[!.]*; do
  [ -f "$file" ] || continue
  printf '%s\t' "$(printf %s "$file" | base64 | tr -d '\n')" && base64 <"$file" | tr -d '\n' && echo
done
