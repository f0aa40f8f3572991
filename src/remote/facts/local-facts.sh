# Prints what the files NAME.fact of a folder hold. A line each, with tabs between: NAME, what it holds in base64, and how it was read:
#   read; ran EXIT, of a file that may be executed; late, of one that did not end in time; unreadable; special, of what is not a file; many, of
#   each file after the 100th.
# Of a large file it prints a part. Arguments: FOLDER SECONDS; SECONDS: how long each file that is executed may take.
export LC_ALL=C
folder=$1 seconds=$2
# Since the host started: somebody may set the clock meanwhile.
seconds_up() { if read -r up _ </proc/uptime; then echo "${up%%.*}"; else date +%s; fi 2>/dev/null; }
limit=65537 count=0 end=$(($(seconds_up) + 30))
[ -d "$folder" ] || exit 0
end_line() { printf '\t%s\n' "$1"; }
# A program that prints without end is ended by SIGPIPE. What a program leaves in the background keeps nobody waiting: reading has a limit too.
run() {
  exec 3>&1
  code=$({ { timeout -k 1 "$seconds" "$1" </dev/null 2>/dev/null 3>&- 4>&-; echo $? >&4; } |
    { timeout $((seconds + 2)) head -c $limit 4>&-; [ $? -lt 124 ] || echo late >&4; } | base64 -w 0 >&3 4>&-; } 4>&1)
  case $code in 124 | 137 | 143 | *late*) end_line late ;; *) end_line "ran $code" ;; esac # 143: of busybox
}
for file in "$folder"/*.fact; do
  [ -e "$file" ] || [ -L "$file" ] || continue
  name=${file##*/}
  case $name in *"$(printf '\t')"* | *'
'*) continue ;; esac
  count=$((count + 1))
  printf '%s\t' "${name%.fact}"
  if [ "$count" -gt 100 ]; then end_line many
  elif [ ! -f "$file" ]; then end_line special
  elif [ ! -r "$file" ]; then end_line unreadable
  elif [ ! -x "$file" ]; then head -c $limit "$file" | base64 -w 0 && end_line read
  elif [ "$(seconds_up)" -ge "$end" ]; then end_line late
  else run "$file"; fi
done
