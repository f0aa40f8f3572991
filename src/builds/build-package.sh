# The detached job that builds one package.
# Arguments: ATOM SOURCE BINHOST [OPTION OF EMERGE]...; SOURCE as --usepkg-exclude takes it, BINHOST a URL.
#
# The package is built in two steps, as tried with real Portage: first what it is built with is merged from the binhost
# (--onlydeps, without run-time dependencies of the target), then the package alone is packed and not merged (--buildpkgonly).
# A drone so keeps only what compiling needs, two packages that block each other can be built on one drone, and what an item
# has to wait for is what it is built with. --usepkg-exclude keeps an old build of the target from being taken for a new one.
#
# The binhost is at the end of a tunnel that goes with the connection; the job does not. So the first step waits for it, and is
# done again if it failed while the binhost was away. The second needs only the index, to choose the next BUILD_ID, and does
# without it if it must. An index that cannot be read is no error for emerge: it would compile the dependencies.
atom=$1 source=$2 binhost=$3; shift 3
printf '>>> swarm: started %s, binhost %s\n' "$(date +%s)" "$binhost"
binhost_answers() {
  python3 -c 'import sys, urllib.error, urllib.request
try: urllib.request.urlopen(sys.argv[1] + "/Packages", timeout=10)
except urllib.error.HTTPError: pass' "$binhost" 2>/dev/null
}
run_emerge() { PORTAGE_BINHOST=$binhost emerge --ignore-default-opts --color=n --nospinner --quiet-build=n --oneshot --usepkg "$@"; }
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
  exit "$1"
}
# Portage keeps the index that it fetched by host and path, without the port: another binhost's may be there under this name.
rm -f "$(portageq envvar EROOT)/var/cache/edb/binhost/127.0.0.1/Packages"
waited=0
until binhost_answers; do
  [ $waited = 0 ] && echo '>>> swarm: waiting for the binhost'
  [ $waited -ge 3600 ] && { echo '>>> swarm: the binhost did not come back in an hour'; exit 75; }
  sleep 5; waited=$((waited + 5))
done
while :; do
  run_emerge --getbinpkg --usepkg-exclude "$source" --onlydeps --onlydeps-with-rdeps=n "$@" "$atom" && break
  exit=$?
  binhost_answers && fail $exit
  echo '>>> swarm: the binhost went away; waiting for it'
  until binhost_answers; do
    [ $waited -ge 3600 ] && exit 75
    sleep 5; waited=$((waited + 5))
  done
done
get=--getbinpkg; binhost_answers || get=--getbinpkg=n
run_emerge $get --usepkg-exclude "$source" --buildpkgonly "$@" "$atom" || fail $?
