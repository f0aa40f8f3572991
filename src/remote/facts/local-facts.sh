# Prints what the files NAME.fact of a folder hold, a line each, with tabs between: NAME, what it holds in base64, and how it was read: read;
# ran EXIT, of a file that can be executed, which is run; late, where it did not end in time; unreadable; many, of those after the 100th;
# special, of what is no file. Of what is large only a part. Arguments: FOLDER SECONDS, of each file that is run.
export LC_ALL=C
folder=$1 seconds=$2
limit=65537 count=0 end=$(($(date +%s) + 30))
[ -d "$folder" ] || exit 0
told() { printf '\t%s\n' "$1"; }
# A program that prints without end is ended by SIGPIPE.
run() {
  exec 3>&1
  code=$({ { timeout -k 1 "$seconds" "$1" </dev/null 2>/dev/null; echo $? >&4; } | head -c $limit | base64 -w 0 >&3; } 4>&1)
  case $code in 124 | 137) told late ;; *) told "ran $code" ;; esac
}
for file in "$folder"/*.fact; do
  [ -e "$file" ] || [ -L "$file" ] || continue
  name=${file##*/}
  case $name in *"$(printf '\t')"* | *'
'*) continue ;; esac
  count=$((count + 1))
  printf '%s\t' "${name%.fact}"
  if [ "$count" -gt 100 ]; then told many
  elif [ ! -f "$file" ]; then told special
  elif [ ! -r "$file" ]; then told unreadable
  elif [ ! -x "$file" ]; then head -c $limit "$file" | base64 -w 0 && told read
  elif [ "$(date +%s)" -ge "$end" ]; then told late
  else run "$file"; fi
done
