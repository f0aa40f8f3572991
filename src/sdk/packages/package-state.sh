# Prints for each package a line: NAME INSTALLED NEWEST, with "-" for none. NEWEST is "-" where nothing newer is known.
# Arguments: MANAGER LATEST NAME...; LATEST: yes asks for newer versions too.
manager=$1 latest=$2
shift 2
export LC_ALL=C
command -v "$manager" >/dev/null || { echo "the host has no $manager" >&2; exit 3; }
case $manager in
  apt-get)
    for name; do
      package=${name%%=*}
      version=$(dpkg-query -W -f '${db:Status-Status} ${Version}\n' -- "$package" 2>/dev/null | sed -n 's/^installed //p' | head -n 1)
      # NAME=VERSION, where the version may have wildcards: another version is not what is asked for
      if [ "$package" != "$name" ]; then
        # shellcheck disable=SC2254
        case $version in ${name#*=}) ;; *) version=- ;; esac
      fi
      newest=-
      [ "$latest" = yes ] && [ "$package" = "$name" ] && newest=$(apt-cache policy -- "$name" | sed -n 's/^  Candidate: //p' | head -n 1)
      printf '%s %s %s\n' "$name" "${version:--}" "${newest:--}"
    done ;;
  apk)
    for name; do
      version=- newest=-
      if apk info -e "$name" >/dev/null 2>&1; then
        version=$(apk list --installed "$name" 2>/dev/null | sed -n '1s/ .*//p')
        [ "$latest" = yes ] && newest=$(apk version -l '<' "$name" 2>/dev/null | sed -n '2s/.* < *//p')
      fi
      printf '%s %s %s\n' "$name" "${version:--}" "${newest:--}"
    done ;;
  dnf)
    for name; do
      version=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' -- "$name" 2>/dev/null) || version=-
      newest=-
      [ "$latest" = yes ] && newest=$(dnf -q check-update -- "$name" 2>/dev/null | awk 'NF >= 3 { print $2; exit }')
      printf '%s %s %s\n' "$name" "$(printf %s "$version" | head -n 1)" "${newest:--}"
    done ;;
  zypper)
    for name; do
      version=$(rpm -q --whatprovides --qf '%{VERSION}-%{RELEASE}\n' -- "$name" 2>/dev/null) || version=-
      newest=-
      [ "$latest" = yes ] && newest=$(zypper -q -n list-updates 2>/dev/null | awk -F '|' -v name="$name" '{ gsub(/ /, "") } $3 == name { print $5; exit }')
      printf '%s %s %s\n' "$name" "$(printf %s "$version" | head -n 1)" "${newest:--}"
    done ;;
  pacman)
    for name; do
      version=$(pacman -Q -- "$name" 2>/dev/null | cut -d ' ' -f 2)
      newest=-
      [ "$latest" = yes ] && newest=$(pacman -Qu -- "$name" 2>/dev/null | sed 's/.* //')
      printf '%s %s %s\n' "$name" "${version:--}" "${newest:--}"
    done ;;
  emerge)
    for name; do
      version=$(portageq match / "$name" 2>/dev/null | tail -n 1)
      newest=-
      [ "$latest" = yes ] && newest=$(portageq best_visible / "$name" 2>/dev/null)
      printf '%s %s %s\n' "$name" "${version:--}" "${newest:--}"
    done ;;
esac
