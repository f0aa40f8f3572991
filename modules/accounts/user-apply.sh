# Makes, changes or removes a user with the tools of shadow, or makes and removes one with those of busybox.
# Arguments: create|change|remove NAME [OPTION]...; options as useradd, usermod and userdel take them.
verb=$1 name=$2
shift 2
case $verb in create) tool=useradd ;; change) tool=usermod ;; remove) tool=userdel ;; esac
if command -v "$tool" >/dev/null; then exec "$tool" "$@" -- "$name"; fi
groups=
case $verb in
  change) echo 'the host has no usermod: install the package shadow' >&2; exit 1 ;;
  remove) [ "$1" = -r ] && set -- --remove-home; exec deluser "$@" "$name" ;;
esac
count=$#
while [ "$count" -gt 0 ]; do
  option=$1
  shift
  count=$((count - 1))
  case $option in
    -m) ;;
    -M) set -- "$@" -H ;;
    -r) set -- "$@" -S ;;
    -e | -K | -o) echo "adduser of busybox has no $option: install the package shadow" >&2; exit 1 ;;
    *)
      value=$1
      shift
      count=$((count - 1))
      case $option in -p) continue ;; -c) option=-g ;; -g) option=-G ;; -d) option=-h ;; -G) groups=$value; continue ;; esac
      set -- "$@" "$option" "$value" ;;
  esac
done
adduser -D "$@" "$name" || exit
IFS=,
for group in $groups; do addgroup "$name" "$group" || exit; done
