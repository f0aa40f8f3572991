# Prints the repositories in the files of a folder, a line for each alias and each URL: ALIAS, FILE and URL, with tabs between. Arguments: FOLDER.
for file in "$1"/*.repo; do
  [ -f "$file" ] && awk -v file="$file" '/^\[/ { alias = $0; gsub(/^\[|\].*$/, "", alias) }
/^\[/ || /^baseurl *=/ { sub(/^baseurl *= */, ""); print alias "\t" file "\t" $0 }' "$file"
done
:
