import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorJson, errorJson } from '../core/error.ts';
import { type Host, routeText } from '../core/host.ts';
import { checkBinhost } from '../gentoo/check.ts';
import { diskStore } from '../gentoo/disk.ts';
import { connect } from '../remote/connect.ts';
import { verify } from '../remote/verify.ts';
import { cells } from '../report/table.ts';
import { endOf } from './blocks.ts';
import { type Checkup, checkup } from './checkup.ts';
import type { Everywhere } from './options.ts';
import { print } from './output.ts';
import { chosen, openProject, type Project } from './project.ts';
import { reach } from './reach.ts';
import { tailscalePeers } from './tailscale.ts';

export interface DoctorFlags extends Everywhere {
  readonly tailscale?: string;
}

/** One thing that is wrong (`bad`), or that will be (`warn`). */
export interface Finding {
  readonly name: string;
  readonly status: 'bad' | 'warn';
  readonly about: 'route' | 'identity' | 'clone' | 'service' | 'disk' | 'clock' | 'block' | 'sshd' | 'tool' | 'binhost' | 'tailscale';
  readonly message: string;
  readonly hint?: string;
}

const DISK_PERCENT = 90;
const CLOCK_SECONDS = 60;
const LONG_BLOCK_MS = 7 * 86_400_000;
const EXPIRES_SOON_MS = 14 * 86_400_000;

/** `swarm doctor`: looks everywhere, changes nothing. Exit 2 when something is wrong. */
export async function doctorCommand(pattern: string | undefined, options: DoctorFlags): Promise<number> {
  const project = await openProject(options);
  const signal = new AbortController().signal;
  const hosts = chosen(project, pattern, options);
  const looked = await Promise.all(hosts.filter((host) => host.identity !== undefined).map((host) => onHost(host, project, signal)));
  const findings: readonly Finding[] = [
    ...looked.flat(),
    ...hosts.flatMap(untrusted),
    ...hosts.flatMap(blocks),
    ...clones(project),
    ...(await binhost(project)),
    ...(await keys(project, options)),
  ];
  const guarded = project.inventory.hosts.filter((host) => host.protected).map((host) => host.name);
  print(options, { findings, protected: guarded }, (look) => [
    ...cells(
      undefined,
      findings.map((each) => [each.status, each.name, each.about, each.message + (each.hint === undefined ? '' : ` (${each.hint})`)]),
      look,
    ),
    `protected: ${guarded.join(', ')}`,
    findings.length === 0 ? `${hosts.length} hosts looked at, nothing found` : `${findings.length} findings on ${hosts.length} hosts`,
  ]);
  return findings.some((each) => each.status === 'bad') ? 2 : 0;
}

async function onHost(host: Host, project: Project, signal: AbortSignal): Promise<readonly Finding[]> {
  const reports = await verify(host, reach(project), signal);
  const routes = reports
    .filter((report) => report.status !== 'proven')
    .map((report): Finding => {
      const error: ErrorJson | undefined = report.error === undefined ? undefined : errorJson(report.error);
      const wrong = report.status === 'misdirected' || report.status === 'untrusted';
      return finding(
        host,
        wrong ? 'bad' : 'warn',
        wrong ? 'identity' : 'route',
        `${routeText(report.route)}: ${error?.message ?? report.status}`,
        error?.hint,
      );
    });
  if (!reports.some((report) => report.status === 'proven')) return routes;
  try {
    await using link = await connect(host, reach(project), signal);
    return [...routes, ...judged(host, await checkup(link, host, signal))];
  } catch (error) {
    return [...routes, finding(host, 'bad', 'route', errorJson(error).message)];
  }
}

const finding = (host: Host, status: Finding['status'], about: Finding['about'], message: string, hint?: string): Finding => ({
  name: host.name,
  status,
  about,
  message,
  ...(hint === undefined ? {} : { hint }),
});

function judged(host: Host, { clockSkew, disks, services, tools, sshd }: Checkup): readonly Finding[] {
  const old = /OpenSSH_(\d+)\.(\d+)/.exec(sshd);
  const version = old === null ? undefined : Number(old[1]) + Number(old[2]) / 100;
  return [
    ...services.flatMap((each) => {
      if (!each.known) return [finding(host, 'bad', 'service', `no service is called ${each.name}`, 'vars.services of the host names it')];
      return [
        ...(each.running ? [] : [finding(host, 'bad', 'service', `${each.name} does not run`)]),
        ...(each.enabled
          ? []
          : [
              finding(
                host,
                'bad',
                'service',
                `${each.name} ${each.running ? 'runs, but' : ''} is not enabled at boot`.replace(/ {2}/, ' '),
                enableHint(each.name),
              ),
            ]),
      ];
    }),
    ...disks
      .filter((disk) => disk.used >= DISK_PERCENT)
      .map((disk) => finding(host, 'bad', 'disk', `${disk.mount} is ${disk.used} % full`)),
    ...(Math.abs(clockSkew) >= CLOCK_SECONDS
      ? [
          finding(
            host,
            'bad',
            'clock',
            `its clock is ${Math.round(Math.abs(clockSkew))} s ${clockSkew > 0 ? 'ahead' : 'behind'}`,
            'run an NTP client there',
          ),
        ]
      : []),
    ...tools.map((tool) => finding(host, 'bad', 'tool', `${tool} is missing`)),
    ...(version !== undefined && version < 9.06
      ? [
          finding(
            host,
            'warn',
            'sshd',
            `OpenSSH ${old?.[1]}.${old?.[2]} has no strict key exchange`,
            '9.6 and newer close the Terrapin hole (CVE-2023-48795)',
          ),
        ]
      : []),
  ];
}

const enableHint = (name: string): string => `systemctl enable ${name}, or rc-update add ${name} default`;

const untrusted = (host: Host): readonly Finding[] =>
  host.identity === undefined && host.routes[0].kind !== 'here'
    ? [finding(host, 'bad', 'identity', 'never trusted, so never used', `swarm hosts trust ${host.name}`)]
    : [];

function blocks(host: Host): readonly Finding[] {
  if (host.block === undefined) return [];
  const left = endOf(host.block.until) - Date.now();
  const lift = `swarm hosts unblock ${host.name}`;
  if (left <= 0) return [finding(host, 'warn', 'block', `its block ended ${host.block.until}: ${host.block.reason}`, lift)];
  if (left > LONG_BLOCK_MS)
    return [finding(host, 'warn', 'block', `blocked for more than 7 days, until ${host.block.until}: ${host.block.reason}`, lift)];
  return [];
}

/** One machine-id on two names: a clone, or two containers of one machine. */
function clones({ inventory }: Project): readonly Finding[] {
  const seen = new Map<string, Host>();
  return inventory.hosts.flatMap((host) => {
    const id = host.identity?.machineId;
    const twin = id === undefined ? undefined : seen.get(id);
    if (id !== undefined && twin === undefined) seen.set(id, host);
    return twin === undefined
      ? []
      : [
          finding(
            host,
            'warn',
            'clone',
            `the machine-id of ${twin.name}: a clone, or two servers of one machine`,
            'on a clone: rm /etc/machine-id && systemd-machine-id-setup',
          ),
        ];
  });
}

async function binhost({ inventory: { binhost: place } }: Project): Promise<readonly Finding[]> {
  if (place.host !== undefined || !existsSync(join(place.path, 'Packages'))) return [];
  const { findings } = await checkBinhost(diskStore(place.path), { deep: false });
  return findings.map((each) => ({ name: 'binhost', status: each.harmful ? 'bad' : 'warn', about: 'binhost', message: each.text }));
}

async function keys({ inventory }: Project, { tailscale }: DoctorFlags): Promise<readonly Finding[]> {
  if (!inventory.discover.tailscale && tailscale === undefined) return [];
  const soon = Date.now() + EXPIRES_SOON_MS;
  return ((await tailscalePeers(tailscale)) ?? [])
    .filter((peer) => peer.expires !== undefined && Date.parse(peer.expires) < soon)
    .map((peer) => ({
      name: peer.name,
      status: 'warn',
      about: 'tailscale',
      message: `its tailscale key expires ${peer.expires}`,
      hint: 'renew it, or disable expiry for servers',
    }));
}
