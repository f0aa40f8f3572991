# The detached job that builds one package.
# Arguments: ATOM SOURCE BINHOST TARGET CONFIG DEPENDENCIES COMPARE FAILED CHOST [OPTION OF EMERGE]...; SOURCE as --usepkg-exclude takes it, BINHOST
# a URL, TARGET the key of the project and the name of the target: KEY/NAME, CONFIG the program that prints EROOT and the folder of the
# target's configuration, DEPENDENCIES the planned dependencies as JSON or `-`, COMPARE the text of compare-dependencies.py, FAILED keep or sweep: the
# work folder of a build that fails, CHOST the one that it builds for, or `-`.
#
# The package is built in two steps, as tried with real Portage: first what it is built with is merged from the binhost, then the
# package alone is packed and not merged (--buildpkgonly). A drone so keeps only what compiling needs, two packages that block each
# other can be built on one drone, and what an item has to wait for is what it is built with. --usepkg-exclude keeps an old build of
# the target from being taken for a new one.
#
# With a plan, its dependencies are installed exactly as planned, and --nodeps keeps emerge from deciding anew by what earlier builds
# left on this host. Without a plan (`-`), emerge decides.
#
# The binhost is at the end of a tunnel that goes with the connection; the job does not. So the first step waits for it, and is
# done again if it failed while the binhost was away. The second needs only the index, to choose the next BUILD_ID, and does
# without it if it must. An index that cannot be read is not an error for emerge: it would compile the dependencies.
atom=$1 source=$2 binhost=$3 target=$4 config=$5 dependencies=$6 compare=$7 failed=$8 chost=$9; shift 9
started=$(date +%s)
if ! places=$(python3 -c "$config" "${target%/*}") || [ -z "$places" ]; then
  why='python3 does not work on this host'
  command -v portageq >/dev/null || why='the host has no portageq, which is a program of Portage'
  printf '%s\n' "${places:->>> swarm: $why}"
  exit 76
fi
eroot=${places%%
*}
state=${eroot%/}/var/lib/swarm
# Packages of other projects and targets, and of the machine itself, must not be taken for the binhost's.
own=$state/packages/$target
export PKGDIR="${PKGDIR:-$own}"
mkdir -p "$PKGDIR" && chmod 755 "$state" "$state/packages" "${own%/*}" "$PKGDIR" 2>/dev/null
touch -c "${own%/*}" # sweep-packages.py removes what no build used for long
folder=${places#"$eroot"}
[ -z "$folder" ] || export PORTAGE_CONFIGROOT="${folder#?}"
printf '>>> swarm: started %s, binhost %s, packages %s\n' "$started" "$binhost" "$PKGDIR"
# Portage keeps the index that it fetched by host and path, without the port. So each job has a path of its own: another job on this
# host may fetch the index of another target at the same time.
kept=${eroot%/}/var/cache/edb/binhost/127.0.0.1
find "$kept" -maxdepth 1 -name '.job-*' -mtime +7 -exec rm -rf {} + 2>/dev/null # of jobs that were killed
mkdir -p "$kept" && kept=$(mktemp -d "$kept/.job-XXXXXX") || exit
trap 'rm -rf "$kept"' EXIT
binhost=$binhost/${kept##*/}
address=${binhost#http://} address=${address%%/*} host=${address%:*} port=${address##*:}
# True for any answer: also for 404, where nothing was published yet. It ends the job where python3 does not work: waiting would not help.
# It runs for each package, so it loads no large module, which would take a second.
binhost_answers() {
  python3 -c '"Asks whether the binhost answers."
import socket, sys
host, port, path = sys.argv[1:]
try:
    with socket.create_connection((host, int(port)), 10) as link:
        link.sendall(b"GET %s/Packages HTTP/1.0\r\n\r\n" % path.encode())
        answers = link.recv(5) == b"HTTP/"
except OSError:
    answers = False
sys.exit(0 if answers else 9)' "$host" "$port" "/${binhost##*/}"
  case $? in
    0) return 0 ;;
    9) return 1 ;;
  esac
  echo '>>> swarm: python3 does not work on this host'
  exit 76
}
oom_kills() { awk '$1 == "oom_kill" { print $2 }' /proc/vmstat 2>/dev/null || :; }
killed_before=$(oom_kills)
# Ends with the status of emerge. What a build prints does not show whether a disk is full or memory ran out, so both are measured.
fail() {
  portageq envvar PORTAGE_TMPDIR PKGDIR DISTDIR 2>/dev/null | while IFS= read -r folder; do
    [ -d "$folder/portage" ] && folder=$folder/portage
    [ -d "$folder" ] || continue
    { df -Pk "$folder"; df -Pi "$folder"; } 2>/dev/null |
      awk -v folder="$folder" 'NR == 2 && $4 < 16384 || NR == 4 && $2 > 0 && $4 == 0 { full = 1 }
        END { if (full) print ">>> swarm: no space left in " folder }'
  done
  killed=$(($(oom_kills) - ${killed_before:-0}))
  [ "$killed" -le 0 ] || echo ">>> swarm: the kernel killed $killed process(es) for lack of memory"
  leave_work_folders
  exit "$1"
}
# Under Portage's own lock: a job of another run or project may build the same package, and then the folder is that one's.
remove_work_folder() {
  python3 -c 'import fcntl, os, shutil, sys
folder = sys.argv[1]
parent, name = os.path.split(folder)
with open(os.path.join(parent, "." + name + ".portage_lockfile"), "a") as lock:
    try: fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError: sys.exit()
    shutil.rmtree(folder)
    os.unlink(lock.name)' "$1"
}
# What this job may have compiled: the package itself, and what had to come from source before it. Other jobs may work beside this one.
leave_work_folders() {
  work=$(portageq envvar PORTAGE_TMPDIR 2>/dev/null)/portage
  root=$(cat /run/swarm/root 2>/dev/null) # in a clean root: where its files are on the machine
  for one in "${atom#=}" $sources; do
    one=${one#=}; one=${one%%:*}
    case $one in ''|/*|*..*|*/*/*) continue ;; */*) ;; *) continue ;; esac
    [ -d "$work/$one" ] || continue
    [ "$failed" = keep ] || { remove_work_folder "$work/$one"; continue; }
    echo ">>> swarm: kept the work folder $root$work/$one"
    [ -z "$root" ] || : >/.swarm-kept
  done
}
# clean-drone.sh removes the work folders of these packages when no build uses them, such as those of a build that was killed.
note_work_folder() {
  one=${1#=}; one=${one%%:*}
  grep -qxF -- "$one" "$state/work-folders" 2>/dev/null || printf '%s\n' "$one" >>"$state/work-folders" 2>/dev/null || :
}
waited=0 sources=''
note_work_folder "$atom"
# A build that is cancelled leaves nothing either.
trap 'leave_work_folders; exit 143' TERM INT HUP
# Since the host started: somebody may set the clock meanwhile.
seconds_up() { if read -r up _ </proc/uptime; then echo "${up%%.*}"; else date +%s; fi 2>/dev/null; }
wait_for_binhost() {
  until binhost_answers; do
    [ $waited = 0 ] && echo ">>> swarm: waiting for the binhost"
    [ $waited -ge 3600 ] && { echo '>>> swarm: the binhost did not come back in an hour'; exit 75; }
    sleep 5; waited=$((waited + 5))
  done
  answered=$(seconds_up)
}
# Other jobs on this host compile with what is installed, so that is neither replaced nor removed meanwhile. Two locks see to it:
# `change` (descriptor 6) is held while a job installs; `use` (descriptor 7) is shared by jobs that compile, and a job that replaces or
# removes something takes it for itself alone. Only the holder of `change` takes `use`, so no job starts to compile between the two.
# In a clean root the files are the job's own.
mkdir -p "$state" && exec 6>>"$state/change.lock" 7>>"$state/use.lock" || exit
wait_for_lock() {
  flock -n -x "$1" 6>&6 7>&7 && return
  echo '>>> swarm: waiting for another build on this host'
  flock -x "$1" 6>&6 7>&7
}
run_emerge() { PORTAGE_BINHOST=$binhost emerge 6>&- 7>&- --ignore-default-opts --color=n --nospinner --quiet-build=n --oneshot "$@"; }
compare_dependencies() { python3 -c "$compare" "$binhost" "$dependencies"; }
# Merges what differs from the plan, and compares again: what is still different then stops the build.
install_planned() {
  todo=$(compare_dependencies) || return
  [ -z "$todo" ] && return
  case $todo in *remove\ =* | *replace\ =*) wait_for_lock 7 ;; esac
  removed=$(printf '%s\n' "$todo" | sed -n 's/^remove //p')
  # shellcheck disable=SC2086 # a list of atoms
  [ -z "$removed" ] || CLEAN_DELAY=0 run_emerge --unmerge $removed || return
  binaries=$(printf '%s\n' "$todo" | sed -n 's/^binary //p')
  # shellcheck disable=SC2086
  [ -z "$binaries" ] || run_emerge --nodeps --usepkgonly --getbinpkg $binaries || return
  sources=$(printf '%s\n' "$todo" | sed -n 's/^source //p')
  for one in $sources; do note_work_folder "$one"; done
  for one in $sources; do run_emerge --nodeps "$one" || return; done
  left=$(compare_dependencies) || return
  [ -z "$left" ] || { printf '>>> swarm: not installed as planned: %s\n' "$left" >&2; return 76; }
}
install_dependencies() {
  wait_for_lock 6
  if [ "$dependencies" = - ]; then
    wait_for_lock 7 && run_emerge --usepkg --getbinpkg --usepkg-exclude "$source" --onlydeps --onlydeps-with-rdeps=n "$@" "$atom"
  else
    install_planned
  fi
}
wait_for_binhost
until install_dependencies "$@"; do
  exit=$?
  flock -u 7 7>&7; flock -u 6 6>&6
  binhost_answers && fail $exit
  echo '>>> swarm: the binhost went away; waiting for it'
  wait_for_binhost
done
# What the package may need to run is that of the glibc and gcc which compile it, and these may have changed since the plan.
say_toolchain() {
  gcc=$("$chost-gcc" -dumpversion 2>/dev/null) || gcc=$(gcc -dumpversion 2>/dev/null) || gcc=''
  libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc='' # `glibc 2.41`
  echo ">>> swarm: compiles with ${libc:-another libc}, ${gcc:+gcc }${gcc:-no gcc}"
}
flock -s 7 7>&7; flock -u 6 6>&6
say_toolchain
get=--getbinpkg; [ $(($(seconds_up) - answered)) -lt 60 ] || binhost_answers || get=--getbinpkg=n
[ "$dependencies" = - ] || set -- --nodeps "$@"
run_emerge --usepkg $get --usepkg-exclude "$source" --buildpkgonly "$@" "$atom" || fail $?
