# Lists or removes what builds of swarm left on this host. Arguments: list or remove, and the key of the project.
# Prints a line for each thing: KIB PATH.
#
# STATE is EROOT/var/lib/swarm. What this program does not know to be swarm's, it leaves alone. It takes:
# - the work folders of packages that STATE/work-folders names, which build-package.sh writes, where no process works in them
#   and no emerge holds the lock that Portage has beside each
# - STATE/packages/PROJECT/TARGET of this project, unless something in it was written in the last hour: a run may be about to fetch that
# - the copies of an index that a job made for itself, a day old
# - results of jobs that nobody collected in a week, and what is left of a removal that was cut off
action=$1
project=$2
eroot=$(portageq envvar EROOT 2>/dev/null)
work=$(portageq envvar PORTAGE_TMPDIR 2>/dev/null) || work=/var/tmp
work=${work:-/var/tmp}/portage
state=${eroot%/}/var/lib/swarm
jobs=${HOME:?}/.local/state/swarm/jobs

# The folders that processes work in.
used=$(readlink /proc/[0-9]*/cwd 2>/dev/null | sed 's|$|/|')
is_used() { case "
$used
" in *"
$1/"*) return 0 ;; esac; return 1; }
# An emerge has no process in the folder between two phases.
is_locked() {
  inode=$(stat -c %i -- "${1%/*}/.${1##*/}.portage_lockfile" 2>/dev/null) && grep -q ":$inode " /proc/locks
}
take() {
  size=$(du -sk -- "$1" 2>/dev/null) || return 0
  printf '%s %s\n' "${size%%[!0-9]*}" "$1"
  [ "$action" != remove ] || rm -rf -- "$1"
}
# Names of the work folders that builds of swarm made and that are there.
name_work_folders() {
  grep -E '^[A-Za-z0-9+_][A-Za-z0-9+_.-]*/[A-Za-z0-9+_][A-Za-z0-9+_.-]*$' "$state/work-folders" 2>/dev/null | sort -u |
    while IFS= read -r name; do [ ! -d "$work/$name" ] || printf '%s\n' "$name"; done
}
list_work_folders() {
  name_work_folders | while IFS= read -r name; do is_used "$work/$name" || is_locked "$work/$name" || printf '%s\n' "$work/$name"; done
}
list_packages() {
  for folder in "$state/packages/${project:?}"/*/; do
    folder=${folder%/}
    if [ ! -d "$folder" ] || [ -L "$folder" ]; then continue; fi
    [ -n "$(find "$folder" -type f -mmin -60 2>/dev/null | head -n 1)" ] || printf '%s\n' "$folder"
  done
}
list_old() {
  find "${eroot%/}/var/cache/edb/binhost/127.0.0.1" -maxdepth 1 -name '.job-*' -mtime +0 2>/dev/null
  find "$jobs" -maxdepth 1 \( -name '.gone.*' -o -name '.new.*' \) -mmin +60 2>/dev/null
  find "$jobs" -mindepth 2 -maxdepth 2 -name result -mtime +6 2>/dev/null | sed 's|/result$||'
}
{ list_work_folders; list_packages; list_old; } | while IFS= read -r path; do take "$path"; done
[ "$action" != remove ] || [ ! -f "$state/work-folders" ] || {
  name_work_folders >"$state/.work-folders.$$" && mv "$state/.work-folders.$$" "$state/work-folders"
}
