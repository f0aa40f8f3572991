# Prints what the host knows of locales: "ready", "musl" or "none"; the locales that it has; a line "--"; those that it can make.
# Arguments: ROOT, the folder of the system.
root=${1%/}
in_root() { if [ -z "$root" ]; then "$@"; else chroot "$root" "$@"; fi; }
if in_root sh -c 'command -v locale-gen' >/dev/null 2>&1; then echo ready
else
  for each in "$root"/lib/ld-musl-*; do [ -e "$each" ] && echo musl && exit; done
  echo none
  exit
fi
LC_ALL=C in_root locale -a 2>/dev/null || exit
echo --
for each in "$root/usr/share/i18n/SUPPORTED" "$root/usr/local/share/i18n/SUPPORTED"; do [ ! -f "$each" ] || cat -- "$each"; done
