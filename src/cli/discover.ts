import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import PQueue from 'p-queue';
import { SwarmError } from '../core/error.ts';
import { fingerprint, type Host, type HostKey, type HostName, type Json, type Route, routeText } from '../core/host.ts';
import { definesHost, editInventory } from '../language/edit.ts';
import { scan } from '../remote/scan.ts';
import { toDisplay } from '../report/display.ts';
import { cells } from '../report/table.ts';
import { addressesOf, covers } from './addresses.ts';
import type { Everywhere } from './options.ts';
import { print } from './output.ts';
import { openProject, type Project } from './project.ts';
import { reach } from './reach.ts';
import { type Peer, tailscalePeers } from './tailscale.ts';
import { trustCommand } from './trust.ts';

export interface DiscoverFlags extends Everywhere {
  readonly tailscale?: string;
  readonly network?: readonly string[];
}

export interface AdoptFlags extends Everywhere {
  readonly name?: string;
  readonly group?: readonly string[];
  readonly fingerprint?: string;
  readonly yes?: boolean;
}

/** What answered on an SSH port, and what the inventory knows of it. */
interface Found {
  readonly name: string;
  /** known: by a route of the inventory · alias: a known machine at an address that no route names · unknown: nobody's · missing: a host that answered nowhere. */
  readonly status: 'known' | 'alias' | 'unknown' | 'missing';
  readonly address?: string;
  readonly fingerprint?: string;
  readonly banner?: string;
  readonly tailscale?: string;
  readonly route?: string;
  readonly note?: string;
}

const ASK_MS = 3000;

/** `swarm hosts discover`: takes the host key of whoever answers; logs in nowhere, writes nothing. */
export async function discoverCommand(options: DiscoverFlags): Promise<number> {
  const project = await openProject(options);
  const peers =
    project.inventory.discover.tailscale || options.tailscale !== undefined ? await tailscalePeers(options.tailscale) : undefined;
  const networks = [...project.inventory.discover.networks, ...(options.network ?? [])];
  const addresses = new Set([
    ...(peers ?? []).flatMap(peerAddresses),
    ...(await neighbours()),
    ...networks.flatMap(addressesOf),
    ...routeAddresses(project),
  ]);
  const queue = new PQueue({ concurrency: 64 });
  const answers = (await Promise.all([...addresses].map((address) => queue.add(() => ask(address, project))))).flatMap(
    (each) => each ?? [],
  );
  const found = [...answers.map((answer) => judge(answer, answers, project, peers ?? [])), ...missing(answers, project)];
  const hosts = [...found, ...shadowed(project, peers ?? [])];
  print(options, { hosts }, (look) => [
    ...cells(
      ['STATUS', 'HOST', 'ADDRESS', 'KEY', 'WHAT'],
      hosts.map((each) => [
        each.status,
        each.name,
        each.address ?? '',
        each.fingerprint ?? '',
        toDisplay([each.note, each.route, each.tailscale, each.banner].filter(Boolean).join('; ')),
      ]),
      look,
    ),
    ...(peers === undefined && project.inventory.discover.tailscale ? ['tailscale: not running here'] : []),
    ...hosts
      .filter((each) => each.status === 'unknown')
      .map((each) => `adopt it: swarm hosts adopt ${each.address} --name NAME --group GROUP`),
  ]);
  return 0;
}

interface Answer {
  readonly address: string;
  readonly port: number;
  readonly keys: readonly HostKey[];
  readonly banner: string;
}

const split = (text: string): { readonly address: string; readonly port: number } => {
  const [, v6, v4, port = '22'] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [undefined, undefined, text];
  return { address: v6 ?? v4 ?? text, port: Number(port) };
};

async function ask(text: string, project: Project): Promise<Answer | undefined> {
  const { address, port } = split(text);
  const route: Route = { kind: 'local', address, port };
  const stranger = {
    name: text,
    groups: [],
    routes: [route],
    login: { user: 'nobody', keys: [] },
    protected: true,
    vars: {},
  } as unknown as Host;
  try {
    const { keys, banner } = await scan(stranger, route, reach(project), AbortSignal.timeout(ASK_MS));
    return keys.length === 0 ? undefined : { address, port, keys, banner };
  } catch {
    return undefined; // nobody there, or no SSH
  }
}

const peerAddresses = (peer: Peer): readonly string[] =>
  peer.online && !peer.self ? peer.addresses.filter((address) => isIP(address) === 4) : [];

/** IPv4 addresses that this machine has exchanged packets with lately. */
async function neighbours(): Promise<readonly string[]> {
  try {
    const { stdout } = await promisify(execFile)('ip', ['-4', 'neigh', 'show'], { timeout: 5000 });
    return stdout
      .split('\n')
      .filter((line) => !/FAILED|INCOMPLETE/.test(line))
      .flatMap((line) => line.split(' ')[0] || []);
  } catch {
    return [];
  }
}

const addressed = (route: Route): route is Extract<Route, { readonly kind: 'local' | 'tailscale' }> =>
  route.kind === 'local' || route.kind === 'tailscale';
const endpoint = (address: string, port: number): string =>
  port === 22 ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
const routeAddresses = ({ inventory }: Project): readonly string[] =>
  inventory.hosts.flatMap((host) => host.routes.filter(addressed).map((route) => endpoint(route.address, route.port)));

function judge(answer: Answer, answers: readonly Answer[], { inventory }: Project, peers: readonly Peer[]): Found {
  const owner = inventory.hosts.find((host) => host.identity?.hostKeys.some((key) => answer.keys.some((each) => each.blob === key.blob)));
  const route = owner?.routes.find((each) => addressed(each) && each.address === answer.address && each.port === answer.port);
  const named = inventory.hosts.find((host) =>
    host.routes.some((each) => addressed(each) && each.address === answer.address && each.port === answer.port),
  );
  const peer = peers.find((each) => each.addresses.includes(answer.address));
  const twins = answers.filter((other) => other !== answer && other.keys.some((key) => answer.keys.some((each) => each.blob === key.blob)));
  const notes = [
    named !== undefined && owner !== undefined && named !== owner
      ? `a route of ${named.name} leads here: it is ${owner.name} that answers`
      : undefined,
    owner === undefined && named !== undefined ? `a route of ${named.name}, never trusted or with another key` : undefined,
    owner === undefined && twins.length > 0
      ? `the same key as ${twins.map((each) => each.address).join(', ')}: one machine, or a clone`
      : undefined,
  ].filter((note) => note !== undefined);
  return {
    name: owner?.name ?? named?.name ?? '?',
    status: owner === undefined ? 'unknown' : route === undefined ? 'alias' : 'known',
    address: endpoint(answer.address, answer.port),
    fingerprint: fingerprint(answer.keys[0]?.blob ?? ''),
    banner: answer.banner,
    ...(peer === undefined ? {} : { tailscale: peer.name }),
    ...(route === undefined ? {} : { route: routeText(route) }),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

function missing(answers: readonly Answer[], { inventory }: Project): readonly Found[] {
  const blobs = new Set(answers.flatMap(({ keys }) => keys.map((key) => key.blob)));
  return inventory.hosts
    .filter((host) => host.routes.some(addressed) && host.identity?.hostKeys.every((key) => !blobs.has(key.blob)))
    .map((host) => ({ name: host.name, status: 'missing', note: 'its key was seen nowhere' }));
}

/** A local route inside a network that a Tailscale peer routes may lead to that peer's side of a NAT. */
function shadowed({ inventory }: Project, peers: readonly Peer[]): readonly Found[] {
  return inventory.hosts.flatMap((host) =>
    host.routes.filter(addressed).flatMap((route) => {
      const router = peers.find(
        (peer) => route.kind === 'local' && covers(peer.networks, route.address) && !peer.addresses.includes(route.address),
      );
      return router === undefined
        ? []
        : [
            {
              name: host.name,
              status: 'alias' as const,
              address: route.address,
              tailscale: router.name,
              note: `${router.name} routes this network: the address may be answered from there`,
            },
          ];
    }),
  );
}

/** `swarm hosts adopt ADDRESS --name N --group G`: writes the inventory and pins; nothing else. */
export async function adoptCommand(address: string, options: AdoptFlags): Promise<number> {
  const project = await openProject(options);
  const name = options.name;
  if (name === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new SwarmError('SW1202', 'adopt needs a name', { hint: 'swarm hosts adopt ADDRESS --name NAME --group GROUP' });
  if (project.inventory.hosts.some((host) => host.name === name))
    throw new SwarmError('SW1202', `there is a host ${name} already`, { hint: 'choose another name' });
  const answer = await ask(address, project);
  if (answer === undefined)
    throw new SwarmError('SW2001', `nobody answers as SSH at ${address}`, { hint: 'swarm hosts discover shows who does' });
  const owner = project.inventory.hosts.find((host) =>
    host.identity?.hostKeys.some((key) => answer.keys.some((each) => each.blob === key.blob)),
  );
  if (owner !== undefined) {
    throw new SwarmError('SW1302', `${address} is ${owner.name}`, {
      hint: `one machine has one entry: add the address as a route of ${owner.name}`,
    });
  }
  const entry = {
    ...(options.group === undefined ? {} : { groups: options.group }),
    routes: [{ local: endpoint(answer.address, answer.port) }],
  };
  const file = inventoryFile(project);
  await editInventory(file, ['hosts', name], entry as Json);
  try {
    return await trustCommand([name as HostName], { ...options, yes: options.yes === true });
  } catch (error) {
    await editInventory(file, ['hosts', name], undefined); // not pinned: not adopted
    throw error;
  }
}

function inventoryFile({ dir, inventory }: Project): string {
  const folder = join(dir, 'inventory');
  const files = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
  const [first] = inventory.hosts;
  return files.find((file) => first !== undefined && definesHost(file, first.name)) ?? files[0] ?? join(folder, 'swarm.yml');
}
