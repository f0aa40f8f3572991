# Prints what a boolean of SELinux is now, and what it is after the next start where semanage knows that. Arguments: NAME.
command -v getsebool >/dev/null || { echo 'the host has no getsebool' >&2; exit 1; }
export LC_ALL=C
getsebool "$1" 2>&1 | sed 's/.*--> //'
command -v semanage >/dev/null && semanage boolean -l -n 2>/dev/null | sed -n "s/^$1  *(o[nf]* *, *\(o[nf]*\)).*/\1/p"
:
