# Takes the newest version of a configuration file, or leaves the file, and removes its new versions.
# The attributes of the old file stay. Arguments: FILE NEWEST DECISION OLDER...; DECISION: new or old.
file=$1 newest=$2 use=$3
shift 3
if [ "$use" = new ]; then
  if [ -e "$file" ]; then
    cp -p -- "$file" "$newest.swarm" && cat -- "$newest" >"$newest.swarm" && mv -f -- "$newest.swarm" "$file" || exit
  else
    mv -f -- "$newest" "$file" || exit
  fi
fi
rm -f -- "$newest" "$@"
