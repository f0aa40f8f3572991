# Exits with 0 where something is mounted at a folder. Argument: FOLDER. A busybox may be without mountpoint.
if command -v mountpoint >/dev/null; then exec mountpoint -q "$1"; fi
real=$(cd "$1" 2>/dev/null && pwd -P) || exit
real=$(printf '%s\n' "$real" | sed 's/\\/\\134/g; s/ /\\040/g')
cut -d ' ' -f 2 /proc/self/mounts | grep -qxF -e "$real"
