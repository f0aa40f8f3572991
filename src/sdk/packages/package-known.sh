# Prints why the packages cannot be installed, where the lists of the host know that; else nothing. Changes nothing.
# Arguments: MANAGER COUNT OPTION... NAME...; COUNT: how many options there are.
manager=$1 count=$2
shift 2
export LC_ALL=C
case $manager in
  apt-get) apt-get -s -q install "$@" 2>&1 >/dev/null | grep '^E: ' ;;
  dnf)
    options=
    while [ "$count" -gt 0 ]; do options="$options $1" count=$((count - 1)); shift; done
    [ "$1" = -- ] && shift
    # shellcheck disable=SC2086
    for name; do
      case $name in @*) continue ;; esac
      found=$(dnf -q -C $options repoquery -- "$name" 2>/dev/null) && [ -z "$found" ] &&
        found=$(dnf -q -C $options repoquery --whatprovides "$name" 2>/dev/null) && [ -z "$found" ] && echo "no repository has $name"
    done ;;
  zypper)
    out=$(zypper -q -n --no-refresh install --dry-run "$@" 2>&1) || printf '%s\n' "$out" | sed -n "/^No provider of\|not found/p" ;;
  pacman)
    [ "$1" = -- ] && shift
    for name; do pacman -Sp -- "$name" 2>&1 >/dev/null | grep '^error: target not found'; done ;;
  apk)
    if ! out=$(apk add --simulate -q "$@" 2>&1); then # what has no such package comes first: one line is read
      printf '%s\n' "$out" | sed -n 's/^ *\(.*(no such package)\).*/\1/p'
      printf '%s\n' "$out" | sed -n 's/^ERROR: //p'
    fi ;;
  emerge)
    out=$(emerge --color=n --pretend --quiet --nodeps "$@" 2>&1 >/dev/null) ||
      printf '%s\n' "$out" | sed -n '/masked by:/{s/^- //;p;q}; s/^emerge: //; /^there are no ebuilds/{p;q}; /is ambiguous/{s/^!* *//;p;q}' ;;
esac
:
