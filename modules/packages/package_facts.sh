# Prints the package manager of the host, then a line for each installed package: NAME VERSION.
export LC_ALL=C
if command -v emerge >/dev/null; then
  echo emerge
  for folder in /var/db/pkg/*/*; do
    [ -d "$folder" ] && printf '%s\n' "${folder#/var/db/pkg/}"
  done | sed -n 's/^\(.*\)-\([0-9][^-]*\(-r[0-9]*\)\{0,1\}\)$/\1 \2/p'
elif command -v dpkg-query >/dev/null; then
  echo apt
  dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' | sed -n 's/^installed //p'
elif command -v apk >/dev/null; then
  echo apk
  apk info -v 2>/dev/null | sed -n 's/^\(.*\)-\([0-9][^-]*-r[0-9]*\)$/\1 \2/p'
elif rpm --version >/dev/null 2>&1; then # the rpm of busybox has no list of what is installed
  echo dnf
  rpm -qa --qf '%{NAME} %{VERSION}-%{RELEASE}\n'
elif command -v pacman >/dev/null; then
  echo pacman
  pacman -Q
else
  echo 'the host has no package manager that swarm can read' >&2
  exit 1
fi
