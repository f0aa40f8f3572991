# Makes the home of a user as useradd does: with what is in /etc/skel, and with the mode of /etc/login.defs.
# Needs: exact_mode, copy_tree, sweep_leftovers. Arguments: NAME HOME SKELETON UMASK; UMASK may be empty.
set -e
set -- "$1" "${2%/}" "$3" "$4"
group=$(id -g "$1")
setting() { sed -n "s/^$1[[:space:]][[:space:]]*\([0-7]*\).*/\1/p" /etc/login.defs 2>/dev/null | tail -n 1; }
mode=
[ -n "$4" ] || mode=$(setting HOME_MODE)
mask=${4:-$(setting UMASK)}
mkdir -p -- "${2%/*}/"
sweep_leftovers "$2.swarm-new"
# shellcheck disable=SC2154 # sweep_leftovers sets it
new=$own_leftover # half a home must not have the name of a home
trap 'rm -rf -- "$new"' EXIT
# Nobody but root may enter this folder, so root can remove what is in it, which belongs to the user.
mkdir -m 700 -- "$new"
mkdir -- "$new/home"
[ ! -d "$3" ] || copy_tree "$3" "$new/home"
chown -R -h -- "$1:$group" "$new/home"
mode=$(printf %04o "0${mode:-$(printf %o $((0777 & ~0${mask:-22})))}")
chmod "$(exact_mode "$mode")" "$new/home"
mv -- "$new/home" "$2"
! command -v restorecon >/dev/null || restorecon -R -- "$2"
