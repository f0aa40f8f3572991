import { fetchIndex } from './binhost-client.ts';
import { type DroneEnvironment, openDroneSystem } from './drone-system.ts';
import { listInstalled } from './installed-packages.ts';
import type { StandInOutput } from './merge/merge-packages.ts';
import { PORTAGE_VERSION } from './run-emerge.ts';

/** What src/builds/target/fingerprint.py prints: all drones of a lab are alike. */
export function printFingerprint(env: DroneEnvironment, out: StandInOutput): number {
  const { arch, chost } = openDroneSystem(env);
  const document = {
    portage: PORTAGE_VERSION,
    settings: { ARCH: arch, CHOST: chost, CFLAGS: '-O2 -pipe', CXXFLAGS: '-O2 -pipe', LDFLAGS: '', USE: arch, ACCEPT_KEYWORDS: arch },
    profile: 'demo:base',
    repositories: { demo: { revision: 'demo', time: null, eclasses: '' } },
    ...{ files: {}, cpuFlags: [], disk: {}, memory: null, load: 0, problems: [] },
    time: Date.now() / 1000,
  };
  out.stdout(JSON.stringify(document));
  return 0;
}

/** What src/builds/compare-dependencies.py prints. The demo tree has no blockers and no base system that differs. */
export async function printDependencyChanges(argv: readonly string[], env: DroneEnvironment, out: StandInOutput): Promise<number> {
  const [binhost = '', planned = '[]'] = argv;
  const entries = await fetchIndex(binhost);
  const newest = new Map<string, string>();
  for (const { CPV: cpv = '', BUILD_TIME: time = '0' } of typeof entries === 'string' ? [] : entries) {
    if (Number(time) >= Number(newest.get(cpv) ?? 0)) newest.set(cpv, time);
  }
  const installed = new Map(listInstalled(openDroneSystem(env)).map(({ cpv, fields }) => [cpv, fields?.['BUILD_TIME']]));
  for (const [cpv = '', , , from] of JSON.parse(planned) as readonly string[][]) {
    if (from === 'binary' && !newest.has(cpv)) {
      out.stderr(`>>> swarm: the binhost has no binary of ${cpv}, which is needed\n`);
      return 76;
    }
    if (from === 'base' || (installed.has(cpv) && (from === 'source' || installed.get(cpv) === newest.get(cpv)))) continue;
    out.stdout(`${from} =${cpv}\n`);
  }
  return 0;
}
