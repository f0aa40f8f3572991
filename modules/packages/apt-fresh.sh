# Prints "fresh" where the lists of packages were loaded in the last SECONDS.
# Argument: SECONDS.
for path in /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists; do
  time=$(stat -c %Y "$path" 2>/dev/null) || continue
  age=$(($(date +%s) - time)) # below 0 where the clock was set back: nobody knows
  [ "$age" -ge 0 ] && [ "$age" -lt "$1" ] && echo fresh
  exit 0
done
