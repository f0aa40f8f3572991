# Prints the release of the running kernel, where the link to the sources leads, and the sources. Argument: FOLDER.
uname -r
readlink "$1/linux" || echo
for path in "$1"/linux-*; do
  if [ -d "$path" ]; then printf '%s\n' "${path##*/}"; fi
done
