# Makes the home of a user as useradd does: with what is in /etc/skel, and with the mode of /etc/login.defs.
# Arguments: NAME HOME.
set -e
group=$(id -g "$1")
setting() { sed -n "s/^$1[[:space:]][[:space:]]*\([0-7]*\).*/\1/p" /etc/login.defs 2>/dev/null | tail -n 1; }
mode=$(setting HOME_MODE)
mask=$(setting UMASK)
mkdir -p -- "$2"
[ -d /etc/skel ] && cp -a /etc/skel/. "$2"
chown -R -h -- "$1:$group" "$2"
chmod "00${mode:-$(printf %o $((0777 & ~0${mask:-22})))}" "$2" # five digits: no set-group-ID bit from the folder above
