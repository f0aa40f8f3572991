# Prints a crontab, nothing where there is none. Arguments: what crontab gets before -l.
# A crontab that cannot be read is not an empty one: what is in it would be lost.
command -v crontab >/dev/null || { echo 'the host has no crontab' >&2; exit 1; }
{ why=$(LC_ALL=C crontab "$@" -l 2>&1 >&3); } 3>&1 && exit
status=$?
case $why in
  *'no crontab for'* | *' has no '*crontab* | *': No such file or directory'*) exit 0 ;;
  *) printf '%s\n' "the crontab cannot be read: ${why:-crontab ended with status $status}" >&2; exit 1 ;;
esac
