# Checks the health of a host: clock, services, file systems, tools, Gentoo repository. Writes nothing.
# Arguments: the tools to find in one word, the services, a bare `--`, the paths.
# Prints a row for each result, fields separated by tabs: clock, service, disk, lacks, tree.
tools=$1
shift
PATH=$PATH:/usr/sbin:/sbin
printf 'clock\t%s\n' "$(date +%s)"
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  if [ -d /run/systemd/system ]; then
    systemctl cat -- "$1" >/dev/null 2>&1 && known=1 || known=0
    systemctl is-active --quiet -- "$1" && running=1 || running=0
    systemctl is-enabled --quiet -- "$1" 2>/dev/null && enabled=1 || enabled=0
  elif command -v rc-service >/dev/null 2>&1; then
    rc-service --exists "$1" 2>/dev/null && known=1 || known=0
    rc-service "$1" status >/dev/null 2>&1 && running=1 || running=0
    rc-update show 2>/dev/null | awk -F '|' -v name="$1" '
      { gsub(/[ \t]/, "", $1); gsub(/[ \t]/, "", $2) }
      $1 == name && $2 != "" { found = 1 }
      END { exit !found }' && enabled=1 || enabled=0
  else known=0 running=0 enabled=0; fi
  printf 'service\t%s\t%s\t%s\t%s\n' "$1" "$known" "$running" "$enabled"
  shift
done
[ $# -gt 0 ] && shift
for path in "$@"; do
  [ -d "$path" ] || continue
  df -P -- "$path" 2>/dev/null | tail -n 1 | while read -r _ _ _ _ used mount; do
    printf 'disk\t%s\t%s\t%s\n' "$path" "$mount" "${used%\%}"
  done
done
for tool in $tools; do
  command -v "$tool" >/dev/null 2>&1 || printf 'lacks\t%s\n' "$tool"
done
for tree in /var/db/repos/gentoo /usr/portage; do
  [ -d "$tree" ] || continue
  if [ -r "$tree/metadata/timestamp.commit" ]; then revision=$(head -c 100 "$tree/metadata/timestamp.commit" | sed '1{s/ .*//;q;}')
  elif [ -d "$tree/.git" ]; then revision=$(git -c safe.directory='*' -C "$tree" rev-parse HEAD 2>/dev/null)
  elif [ -r "$tree/metadata/timestamp.chk" ]; then revision=$(head -c 100 "$tree/metadata/timestamp.chk")
  else revision=; fi
  printf 'tree\t%s\n' "$revision"
  break
done
