# Prints the newest package of PKGDIR that was built since a time: "CPV BUILD_ID BUILD_TIME PATH", PKGDIR, size, SHA-256, a line each.
# Prints nothing where there is none. Arguments: CPV NAME SINCE PKGDIR; CPV may be empty: any version of NAME. Needs: awk.
#
# Only the index lists what is finished: a folder listing also has place-holders of 0 bytes. A package that was only fetched keeps the
# BUILD_TIME of the drone that made it, which lies before the start of the job.
want=$1 name=$2 since=$3 dir=$4
[ -r "$dir/Packages" ] || exit 0
found=$(awk -v want="$want" -v name="$name-" -v since="$since" '
  function flush() {
    ours = want != "" ? cpv == want : index(cpv, name) == 1 && substr(cpv, length(name) + 1, 1) ~ /[0-9]/
    if (ours && path != "" && time + 0 >= since + 0 && time + 0 >= best + 0) { best = time; line = cpv " " id " " time " " path }
    cpv = path = time = ""; id = 0
  }
  BEGIN { id = 0 }
  /^CPV: / { cpv = substr($0, 6) }
  /^BUILD_ID: / { id = substr($0, 11) }
  /^BUILD_TIME: / { time = substr($0, 13) }
  /^PATH: / { path = substr($0, 7) }
  /^$/ { flush() }
  END { flush(); print line }' "$dir/Packages")
[ -n "$found" ] || exit 0
file=$dir/${found#* * * }
# reading a FIFO would wait for ever
[ -f "$file" ] || { printf '%s is not a regular file\n' "$file" >&2; exit 1; }
sync -- "$file" && size=$(stat -L -c %s -- "$file") && sum=$(sha256sum <"$file") || exit 1
printf '%s\n%s\n%s\n%s\n' "$found" "$dir" "$size" "${sum%% *}"
