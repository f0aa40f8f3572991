import type { Command } from '../core/connection.ts';

export interface EmergeJobOptions {
  /** As emerge takes it: `=cat/name-1.2:0::gentoo`. */
  readonly atom: string;
  /** What has to come from source, as --usepkg-exclude takes it: a name, or a name and slot. */
  readonly source: string;
  /** The loopback port of the host that leads to the binhost. */
  readonly port: number;
  readonly options: readonly string[];
}

/** A setting of Portage that a play's environment: may give; nothing else of the login's environment reaches emerge, as Portage keeps
 *  the whole of it inside each package. */
const PORTAGE_SETTINGS = [
  'USE',
  'MAKEOPTS',
  'FEATURES',
  'CFLAGS',
  'CXXFLAGS',
  'LDFLAGS',
  'ACCEPT_KEYWORDS',
  'ACCEPT_LICENSE',
  'PORTAGE_NICENESS',
  'PORTAGE_TMPDIR',
  'PKGDIR',
  'DISTDIR',
  'GENTOO_MIRRORS',
];

/** Runs $1 as sh text with the words after it, in an environment of our own. */
const CLEAN_ENVIRONMENT_SCRIPT = `script=$1; shift
set -- /bin/sh -c "$script" sh "$@"
for name in ${PORTAGE_SETTINGS.join(' ')}; do
  eval "value=\\\${$name-}"
  [ -z "$value" ] || set -- "$name=$value" "$@"
done
exec env -i PATH="$PATH" HOME="\${HOME:-/root}" LC_ALL=C.UTF-8 TERM=dumb NO_COLOR=1 "$@"`;

/** Any sh text in Portage's environment. */
export function makePortageCommand(script: string, ...words: string[]): Command {
  return { argv: ['/bin/sh', '-c', CLEAN_ENVIRONMENT_SCRIPT, 'sh', script, ...words] };
}

/** The first line of the job's output: what has to be known again when the job is attached to later. */
export interface JobHeader {
  /** Unix seconds by the host's clock. */
  readonly started: number;
  readonly port: number;
}

export function parseJobHeader(line: string): JobHeader | undefined {
  const [, started, port] = /^>>> swarm: started (\d+), binhost http:\/\/[^/:]+:(\d+)(?:\/|$)/.exec(line) ?? [];
  return started === undefined ? undefined : { started: Number(started), port: Number(port) };
}

/** The package is built in two steps, as tried with real Portage: first what it is built with is merged from the binhost
 *  (--onlydeps, without run-time dependencies of the target), then the package alone is packed and not merged (--buildpkgonly).
 *  A drone so keeps only what compiling needs, two packages that block each other can be built on one drone, and what an item
 *  has to wait for is what it is built with. --usepkg-exclude keeps an old build of the target from being taken for a new one.
 *
 *  The binhost is at the end of a tunnel that goes with the connection; the job does not. So the first step waits for it, and is
 *  done again if it failed while the binhost was away. The second needs only the index, to choose the next BUILD_ID, and does
 *  without it if it must. An index that cannot be read is no error for emerge: it would compile the dependencies. */
const EMERGE_SCRIPT = `atom=$1 source=$2 binhost=$3; shift 3
printf '>>> swarm: started %s, binhost %s\\n' "$(date +%s)" "$binhost"
there() {
  python3 -c 'import sys, urllib.error, urllib.request
try: urllib.request.urlopen(sys.argv[1] + "/Packages", timeout=10)
except urllib.error.HTTPError: pass' "$binhost" 2>/dev/null
}
run() { PORTAGE_BINHOST=$binhost emerge --ignore-default-opts --color=n --nospinner --quiet-build=n --oneshot --usepkg "$@"; }
# Portage keeps the index that it fetched by host and path, without the port: another binhost's may be there under this name.
rm -f "$(portageq envvar EROOT)/var/cache/edb/binhost/127.0.0.1/Packages"
waited=0
until there; do
  [ $waited = 0 ] && echo '>>> swarm: waiting for the binhost'
  [ $waited -ge 3600 ] && { echo '>>> swarm: the binhost did not come back in an hour'; exit 75; }
  sleep 5; waited=$((waited + 5))
done
while :; do
  run --getbinpkg --usepkg-exclude "$source" --onlydeps --onlydeps-with-rdeps=n "$@" "$atom" && break
  exit=$?
  there && exit $exit
  echo '>>> swarm: the binhost went away; waiting for it'
  until there; do
    [ $waited -ge 3600 ] && exit 75
    sleep 5; waited=$((waited + 5))
  done
done
get=--getbinpkg; there || get=--getbinpkg=n
run $get --usepkg-exclude "$source" --buildpkgonly "$@" "$atom"`;

/** The detached job that builds one package. */
export function makeEmergeCommand({ atom, source, port, options }: EmergeJobOptions): Command {
  return makePortageCommand(EMERGE_SCRIPT, atom, source, `http://127.0.0.1:${port}`, ...options);
}
