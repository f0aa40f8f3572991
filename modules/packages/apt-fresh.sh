# Prints "fresh" where the lists of packages were loaded in the last SECONDS.
# Argument: SECONDS.
for path in /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists; do
  time=$(stat -c %Y "$path" 2>/dev/null) || continue
  [ $(($(date +%s) - time)) -lt "$1" ] && { echo fresh; exit; }
  exit 0
done
