import { SwarmError } from '../core/error.ts';
import type { Remote } from '../core/module.ts';
import { parseCpv } from '../gentoo/atom/cpv.ts';
import { makePortageCommand } from './emerge-job.ts';

/** A package that a host built and still has; size and hash as the host itself read them. */
export interface BuiltPackage {
  readonly cpv: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly buildId: number;
  readonly buildTime: number;
  readonly host: string;
}

/** The index is the only truth about what is finished: a folder listing also has place-holders of 0 bytes. A package that was only
 *  fetched keeps the BUILD_TIME of the drone that made it, which lies before the job's start. */
const FIND_PACKAGE_SCRIPT = `want=$1 name=$2 since=$3
dir=$(portageq envvar PKGDIR) && [ -n "$dir" ] || { echo 'portageq names no PKGDIR' >&2; exit 1; }
[ -r "$dir/Packages" ] || exit 0
found=$(awk -v want="$want" -v name="$name-" -v since="$since" '
  function flush() {
    ours = want != "" ? cpv == want : index(cpv, name) == 1 && substr(cpv, length(name) + 1, 1) ~ /[0-9]/
    if (ours && path != "" && time + 0 >= since + 0 && time + 0 >= best + 0) { best = time; line = cpv " " id " " time " " path }
    cpv = path = time = ""; id = 0
  }
  BEGIN { id = 0 }
  /^CPV: / { cpv = substr($0, 6) }
  /^BUILD_ID: / { id = substr($0, 11) }
  /^BUILD_TIME: / { time = substr($0, 13) }
  /^PATH: / { path = substr($0, 7) }
  /^$/ { flush() }
  END { flush(); print line }' "$dir/Packages")
[ -n "$found" ] || exit 0
file=$dir/\${found#* * * }
sync -- "$file" && size=$(stat -c %s -- "$file") && sum=$(sha256sum <"$file") || exit 1
printf '%s\\n%s\\n%s\\n%s\\n' "$found" "$dir" "$size" "\${sum%% *}"`;

/** Finds what the job built: the newest entry of the index for it since the job began. Throws SW6012 where there is none. */
export async function findBuiltPackage(
  remote: Remote,
  wanted: { readonly cpv?: string; readonly name: string },
  since: number,
): Promise<BuiltPackage> {
  const { exit, stdout, stderr } = await remote.exec(makePortageCommand(FIND_PACKAGE_SCRIPT, wanted.cpv ?? '', wanted.name, String(since)));
  const what = wanted.cpv ?? wanted.name;
  if (exit !== 0)
    throw new SwarmError('SW6012', `${what} was built, but not to be read on ${remote.host.name}`, { detail: stderr.trimEnd() });
  const [entry = '', dir = '', size = '', sha256 = ''] = stdout.split('\n');
  if (entry === '') {
    throw new SwarmError('SW6012', `emerge ended well on ${remote.host.name}, and PKGDIR has no new ${what}`, {
      hint: 'Look at PKGDIR, at FEATURES, and whether something there cleans packages at once.',
    });
  }
  const [cpv = '', id = '', time = '', ...path] = entry.split(' ');
  const binpkg = {
    cpv: parseCpv(cpv).text,
    path: `${dir}/${path.join(' ')}`,
    size: Number(size),
    sha256,
    buildId: Number(id),
    buildTime: Number(time),
    host: remote.host.name,
  };
  if (!Number.isSafeInteger(binpkg.size) || !/^[0-9a-f]{64}$/.test(sha256) || path.join(' ').split('/').includes('..')) {
    throw new SwarmError('SW6012', `${remote.host.name} describes ${what} in a way that is not understood`, { detail: stdout });
  }
  return binpkg;
}
