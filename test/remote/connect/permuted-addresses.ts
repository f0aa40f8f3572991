import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../src/core/inventory/host.ts';
import { fingerprint } from '../../../src/core/inventory/host-identity.ts';
import { formatRoute, type Route } from '../../../src/core/inventory/route.ts';
import { allStages } from '../../../src/core/inventory/stage-timeouts.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import type { RouteReport } from '../../../src/remote/connect/connect-options.ts';
import { type Sshd, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { startWire, type Wire } from '../../machines/wire.ts';
import { createRandom } from '../seeded-random.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

/** What came of many runs against addresses that lead anywhere; a line for each violation. */
export interface PermutationReport {
  readonly connects: number;
  readonly proven: number;
  readonly misdirected: number;
  readonly wrongCommands: readonly string[];
  readonly wrongLogins: readonly string[];
  readonly wrongNames: readonly string[];
}

const NAMES = ['drone-izar', 'drone-tarn', 'drone-meridian', 'unraid', 'alpha-centauri'] as const;

/** One of the five, with the two addresses under which the inventory has it. */
interface TestHost {
  readonly name: string;
  readonly sshd: Sshd;
  readonly wires: readonly [Wire, Wire];
  readonly host: Host;
}

/** Five machines, each under two addresses that are led to any of the five before each run. A run connects to every host at once, and
 *  where it may it runs a command that writes down, on the machine, for whom it was meant. */
export async function runPermutations({ runs, seed }: { readonly runs: number; readonly seed: number }): Promise<PermutationReport> {
  const testHosts: TestHost[] = [];
  try {
    for (const name of NAMES) testHosts.push(await startTestHost(name));
    return await runConnects(testHosts, runs, seed);
  } finally {
    await Promise.all(testHosts.flatMap(({ sshd, wires }) => [sshd, ...wires]).map((each) => each[Symbol.asyncDispose]()));
  }
}

async function startTestHost(name: string): Promise<TestHost> {
  // each has a client key of its own, so that its log tells a login that was meant for another
  const sshd = await startSshd({ config: ['LogLevel VERBOSE'] });
  const wires = [await startWire(sshd), await startWire(sshd)] as const;
  const [one, two] = wires;
  const routes: readonly [Route, Route] = [
    { kind: 'tailscale', address: '127.0.0.1', port: one.port },
    { kind: 'local', address: '127.0.0.1', port: two.port },
  ];
  return { name, sshd, wires, host: trustedHost(sshd, name, { routes }) };
}

async function runConnects(testHosts: readonly TestHost[], runs: number, seed: number): Promise<PermutationReport> {
  const dice = createRandom(seed);
  const sshds = testHosts.map(({ sshd }) => sshd);
  const hosts = testHosts.map(({ host }) => host);
  const wrongNames: string[] = [];
  const wrongCommands: string[] = [];
  let [connects, proven, misdirected] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const leads = new Map<string, string>();
    for (const side of [0, 1] as const) {
      const goals = dice.next() < 0.3 ? sshds.map(() => dice.pick(sshds)) : dice.shuffled(sshds);
      for (const [index, each] of testHosts.entries()) {
        const goal = goals[index] ?? each.sshd;
        each.wires[side].redirect(goal);
        leads.set(`${each.name} ${formatRoute(each.host.routes[side] as Route)}`, nameOf(testHosts, goal));
      }
    }
    const check = ({ host, route, status, machine, error }: RouteReport): void => {
      const really = leads.get(`${host} ${formatRoute(route)}`);
      const right = really === host ? status === 'proven' : status === 'misdirected' && machine === really && error?.code === 'SW3001';
      if (status === 'misdirected') misdirected += 1;
      if (!right)
        wrongNames.push(`run ${run}: ${host} over ${formatRoute(route)} is ${really}, told as ${status} ${machine} ${error?.message}`);
    };
    const reach = connectOptions(hosts, { onRoute: check, timeouts: allStages(30_000) });
    await Promise.all(
      testHosts.map(async ({ name, host }) => {
        connects += 1;
        const reachable = host.routes.some((route) => leads.get(`${name} ${formatRoute(route)}`) === name);
        const link = await connect(host, reach, neverAborted).catch(() => undefined);
        if ((link !== undefined) !== reachable) wrongNames.push(`run ${run}: ${name} ${reachable ? 'was not reached' : 'was reached'}`);
        if (link === undefined) return;
        proven += 1;
        await link.exec({ argv: ['sh', '-c', 'echo "$1" >>"$HOME/meant-for"', 'sh', name] }, neverAborted);
        await link[Symbol.asyncDispose]();
      }),
    );
  }
  for (const { name, sshd } of testHosts) {
    const meant = (await readFile(join(sshd.home, 'meant-for'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    wrongCommands.push(...meant.filter((line) => line !== name).map((line) => `${line} on ${name}`));
    if (meant.filter((line) => line === name).length === 0 && runs >= 20)
      wrongCommands.push(`nothing at all ran on ${name}: the test tells nothing`);
  }
  return { connects, proven, misdirected, wrongCommands, wrongNames, wrongLogins: loginsAt(testHosts) };
}

const nameOf = (places: readonly TestHost[], { port }: Sshd): string => places.find(({ sshd }) => sshd.port === port)?.name ?? '?';

/** What the servers logged of authentication that did not come over one of their own two wires. */
function loginsAt(places: readonly TestHost[]): readonly string[] {
  return places.flatMap(({ name, sshd, wires }) => {
    const own = fingerprint(readFileSync(`${sshd.clientKey}.pub`, 'utf8').split(' ')[1] ?? '');
    return sshd
      .log()
      .split('\n')
      .filter((line) => /Accepted|Failed|Postponed|authenticating user|Invalid user|userauth/.test(line))
      .filter((line) => {
        const port = /port (\d+)/.exec(line)?.[1];
        const key = /SHA256:\S+/.exec(line)?.[0];
        const foreign = port !== undefined && !wires.some(({ sources }) => sources.has(Number(port)));
        return foreign || (key !== undefined && key !== own);
      })
      .map((line) => `${name}: ${line}`);
  });
}
