import { isIP } from 'node:net';
import type { Everywhere } from '../../cli/options.ts';
import { print } from '../../cli/output.ts';
import { fingerprint, type Host, type HostKey, type Inventory, type Route, routeText } from '../../core/host.ts';
import { show } from '../../report/text/display-text.ts';
import { cells } from '../../report/text/table.ts';
import { openProject } from '../project/project.ts';
import { addressesOf, covers } from './network-addresses.ts';
import { type Answer, answersOf, endpoint, neighbours, ownAddresses } from './ssh-scan.ts';
import { type Peer, tailscalePeers } from './tailscale.ts';

export interface DiscoverFlags extends Everywhere {
  readonly tailscale?: string;
  readonly network?: readonly string[];
}

/** What answered on an SSH port, and what the inventory knows of it. */
export interface Found {
  /** The host of the inventory, or the address of a machine that nobody listed. */
  readonly name: string;
  /** misdirected: a route of `name` is answered by `machine` · unknown: nobody's, the ghost · alias: a known machine at an address that no
   *  route names · untrusted: a route of a host, with a key that is not pinned · shadowed: a tailscale peer routes the network of a local
   *  route · missing: a host whose key was seen nowhere · known. */
  readonly status: (typeof STATUSES)[number];
  readonly address?: string;
  readonly machine?: string;
  readonly fingerprint?: string;
  readonly banner?: string;
  readonly tailscale?: string;
  readonly route?: string;
  readonly note?: string;
}

const STATUSES = ['misdirected', 'unknown', 'alias', 'untrusted', 'shadowed', 'missing', 'known'] as const;

/** `swarm hosts discover`: takes the host key of whoever answers; logs in nowhere, writes nothing. */
export async function discoverCommand(options: DiscoverFlags): Promise<number> {
  const project = await openProject(options);
  const { inventory } = project;
  const wanted = inventory.discover.tailscale || options.tailscale !== undefined;
  const peers = wanted ? await tailscalePeers(options.tailscale) : undefined;
  const own = ownAddresses();
  const networks = [...inventory.discover.networks, ...(options.network ?? [])];
  const around = [...(peers ?? []).flatMap(peerAddresses), ...(await neighbours()), ...networks.flatMap(addressesOf)];
  const addresses = new Set([...routeAddresses(inventory), ...around.filter((address) => !own.has(address))]);
  const hosts = judged(await answersOf(addresses, project), inventory, peers ?? []);
  print(options, { hosts }, (look) => [
    ...cells(
      ['STATUS', 'HOST', 'ADDRESS', 'KEY', 'WHAT'],
      hosts.map((each) => [each.status, each.name, each.address ?? '', each.fingerprint ?? '', whatText(each)]),
      look,
    ),
    ...(wanted && peers === undefined ? ['tailscale: not running here'] : []),
    ...hosts
      .filter((each) => each.status === 'unknown')
      .map((each) => show`adopt it: swarm hosts adopt ${each.address ?? ''} --name NAME --group GROUP`),
  ]);
  return 0;
}

const whatText = ({ note, route, tailscale, banner }: Found): string =>
  [note, route, tailscale === undefined ? undefined : `tailscale: ${tailscale}`, banner].filter(Boolean).join('; ');

const peerAddresses = (peer: Peer): readonly string[] =>
  peer.online && !peer.self ? peer.addresses.filter((address) => isIP(address) === 4) : [];

type Addressed = Extract<Route, { readonly kind: 'local' | 'tailscale' }>;
const addressed = (route: Route): route is Addressed => route.kind === 'local' || route.kind === 'tailscale';
const routeAddresses = ({ hosts }: Inventory): readonly string[] =>
  hosts.flatMap((host) => host.routes.filter(addressed).map((route) => endpoint(route.address, route.port)));

/** What the inventory says of everyone who answered, and who should have; the most urgent first. */
export function judged(answers: readonly Answer[], inventory: Inventory, peers: readonly Peer[]): readonly Found[] {
  const found = [
    ...answers.map((answer) => judge(answer, answers, inventory, peers)),
    ...missing(answers, inventory),
    ...shadowed(inventory, peers),
  ];
  return found.sort((one, other) => STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status));
}

const shares = (some: readonly HostKey[], others: readonly HostKey[]): boolean =>
  some.some((key) => others.some((other) => other.type === key.type && other.blob === key.blob));

function judge(answer: Answer, answers: readonly Answer[], { hosts }: Inventory, peers: readonly Peer[]): Found {
  const leadsHere = (route: Route): boolean => addressed(route) && route.address === answer.address && route.port === answer.port;
  const owner = hosts.find((host) => shares(host.identity?.hostKeys ?? [], answer.keys));
  const named = hosts.find((host) => host.routes.some(leadsHere));
  const route = owner?.routes.find(leadsHere);
  const peer = peers.find((each) => each.addresses.includes(answer.address));
  const twins = answers.filter((other) => other !== answer && shares(other.keys, answer.keys));
  return {
    ...relation(owner, named, route, endpoint(answer.address, answer.port), twins),
    address: endpoint(answer.address, answer.port),
    fingerprint: fingerprint(answer.keys[0]?.blob ?? ''),
    banner: answer.banner,
    ...(peer === undefined ? {} : { tailscale: peer.name }),
  };
}

type Relation = Pick<Found, 'name' | 'status' | 'machine' | 'route' | 'note'>;

function relation(
  owner: Host | undefined,
  named: Host | undefined,
  route: Route | undefined,
  address: string,
  twins: readonly Answer[],
): Relation {
  if (owner !== undefined && route !== undefined) return { name: owner.name, status: 'known', route: routeText(route) };
  if (owner !== undefined && named !== undefined)
    return {
      name: named.name,
      status: 'misdirected',
      machine: owner.name,
      note: `a route of ${named.name} leads here, and ${owner.name} answers`,
    };
  if (owner !== undefined)
    return { name: owner.name, status: 'alias', note: `${owner.name} answers here, and no route names this address` };
  const also = twins.map((each) => endpoint(each.address, each.port)).join(', ');
  const twin = also === '' ? '' : `the same key at ${also}: one machine, or a clone`;
  if (named === undefined) return { name: address, status: 'unknown', ...(twin === '' ? {} : { note: twin }) };
  const why = named.identity === undefined ? `${named.name} was never trusted` : `not the key that is pinned for ${named.name}`;
  return { name: named.name, status: 'untrusted', note: [why, twin].filter(Boolean).join('; ') };
}

function missing(answers: readonly Answer[], { hosts }: Inventory): readonly Found[] {
  const seen = answers.flatMap(({ keys }) => keys);
  return hosts
    .filter(({ identity, routes }) => routes.some(addressed) && identity !== undefined && !shares(identity.hostKeys, seen))
    .map((host) => ({ name: host.name, status: 'missing', note: 'its key was seen nowhere' }));
}

/** A local route inside a network that a tailscale peer routes may lead to that peer's side of a NAT. */
function shadowed({ hosts }: Inventory, peers: readonly Peer[]): readonly Found[] {
  return hosts.flatMap((host) =>
    host.routes.filter(addressed).flatMap((route): readonly Found[] => {
      const router = peers.find(
        (peer) => route.kind === 'local' && !peer.self && covers(peer.networks, route.address) && !peer.addresses.includes(route.address),
      );
      if (router === undefined) return [];
      const note = `the tailscale peer ${router.name} routes this network: the address may be answered from there`;
      return [
        {
          name: host.name,
          status: 'shadowed',
          address: endpoint(route.address, route.port),
          route: routeText(route),
          tailscale: router.name,
          note,
        },
      ];
    }),
  );
}
