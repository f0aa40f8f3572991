# Makes the home of a user as useradd does: with what is in /etc/skel, and with the mode of /etc/login.defs.
# Needs: exact_mode, copy_tree, sweep_leftovers. Arguments: NAME HOME.
set -e
set -- "$1" "${2%/}"
group=$(id -g "$1")
setting() { sed -n "s/^$1[[:space:]][[:space:]]*\([0-7]*\).*/\1/p" /etc/login.defs 2>/dev/null | tail -n 1; }
mode=$(setting HOME_MODE)
mask=$(setting UMASK)
mkdir -p -- "${2%/*}/"
sweep_leftovers "$2.swarm-new"
# shellcheck disable=SC2154 # sweep_leftovers sets it
new=$own_leftover # half a home would be taken for one
mkdir -- "$new"
[ ! -d /etc/skel ] || copy_tree /etc/skel "$new"
chown -R -h -- "$1:$group" "$new"
mode=$(printf %04o "0${mode:-$(printf %o $((0777 & ~0${mask:-22})))}")
chmod "$(exact_mode "$mode")" "$new"
mv -- "$new" "$2"
