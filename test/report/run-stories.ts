import type { ErrorJson } from '../../src/core/error/swarm-error.ts';
import type { RunEvent, RunEventData } from '../../src/core/event.ts';
import { reduce } from '../../src/core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../src/core/run-state.ts';

/** A small seeded generator of numbers (mulberry32): the same seed, the same run. */
export function seededRandom(seed: number): (below: number) => number {
  let a = seed >>> 0;
  return (below) => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const names = ['Meridian', 'Izar', 'Tarn', 'Tau-Beta', 'Capella'];
const packages =
  'www-client/firefox-142.0 dev-qt/qtwebengine-6.9.1 sys-devel/llvm-20.1.7 dev-lang/rust-1.89.0 net-libs/nodejs-24.6.0 app-editors/vscode-1.103 sys-devel/gcc-15.2.0 dev-lang/ghc-9.10.2 app-office/libreoffice-25.8 kde-plasma/kwin-6.4.4 dev-libs/icu-77.1 media-libs/mesa-25.2.1 dev-libs/boost-1.88.0 x11-libs/gtk+-4.20 net-misc/curl-8.15.0'.split(
    ' ',
  );

export interface BuildStoryOptions {
  readonly seed?: number;
  readonly hosts?: number;
  readonly items?: number;
  /** Stop the story here: a run that is still going on. */
  readonly until?: number;
  readonly trouble?: boolean;
  readonly lines?: number;
}

export const hostName = (index: number, of: number): string =>
  of <= 5 ? `drone-${names[index]}` : `d${String(index + 1).padStart(2, '0')}`;
export const packageName = (index: number): string =>
  index < packages.length ? (packages[index] ?? '') : `dev-libs/part-${index}-1.${index % 7}`;

export const brokenBuild = (cpv: string): ErrorJson => ({
  code: 'SW6003',
  message: `emerge of ${cpv} failed in phase compile, exit 1`,
  hint: 'the package is at fault; look at the whole log',
  detail: [
    'first error, line 18402 of 18977',
    '  18400  [141/2210] CXX obj/electron/shell/common/api/api_shell.o',
    '  18401  In file included from ../../electron/shell/common/gin_converters.h:9:',
    "! 18402  gin/converter.h:57:10: fatal error: 'v8-forward.h' file not found",
    '  18403     57 | #include "v8-forward.h"',
    '  18404  1 error generated.',
  ].join('\n'),
});

export const wrongMachine: ErrorJson = {
  code: 'SW3001',
  message: 'route "local 10.42.0.199:22" of drone-Tarn is answered by Alpha-Centauri',
  hint: 'correct the route in inventory/swarm.yml, then: swarm hosts verify drone-Tarn',
  detail: 'wanted  drone-Tarn      SHA256:Vq3aaaaaaaakT0\nfound   Alpha-Centauri  SHA256:9hBaaaaaaaaw2c  protected',
};

/** Numbers the facts and gives them times: seconds since the start. */
export function numberEvents(facts: readonly (readonly [number, RunEventData])[], run = '7KQ2'): readonly RunEvent[] {
  const start = Date.parse('2026-08-21T09:14:02.000Z');
  return facts.map(([seconds, fact], seq) => ({ v: 1, run, seq, at: new Date(start + Math.round(seconds * 1000)).toISOString(), ...fact }));
}

export function reduceEvents(all: readonly RunEvent[]): RunState {
  return all.reduce(reduce, initialRunState(all[0]?.run ?? 'none'));
}

/** A plausible build of `items` packages on `hosts` drones. */
export function buildStory({
  seed = 1,
  hosts = 5,
  items = 15,
  until = Number.POSITIVE_INFINITY,
  trouble = true,
  lines = 3,
}: BuildStoryOptions = {}): readonly RunEvent[] {
  const roll = seededRandom(seed);
  const all = Array.from({ length: hosts }, (_, index) => hostName(index, hosts));
  const facts: [number, RunEventData][] = [];
  const put = (at: number, fact: RunEventData): void => void facts.push([at, fact]);
  put(0, {
    type: 'run.started',
    playbook: 'build',
    args: { packages: Array.from({ length: items }, (_, index) => packageName(index)) },
    hosts: all,
    check: false,
    diff: false,
    pid: 4242,
    version: '0.1.0',
  });
  put(0.1, { type: 'play.started', play: 'Build', hosts: all, tasks: 3, queue: true });
  const up: string[] = [];
  for (const [index, host] of all.entries()) {
    const at = 0.3 + index * 0.02;
    const kinds = ['tailscale 100.64.0.', 'local 10.42.0.', 'jump altair-link 192.168.122.'];
    if (trouble && hosts > 1 && index === hosts - 1) {
      put(at, {
        type: 'host.unreachable',
        host,
        error: { code: 'SW2001', message: 'tailscale timed out after 5 s, local refused', hint: `swarm hosts verify ${host}` },
      });
      continue;
    }
    if (trouble && hosts > 2 && index === 2) {
      put(at, {
        type: 'route.setAside',
        host,
        route: 'local 10.42.0.199:22',
        status: 'misdirected',
        machine: 'Alpha-Centauri',
        error: wrongMachine,
      });
    }
    put(at, {
      type: 'host.connected',
      host,
      route: `${kinds[index % 3]}${10 + (index % 200)}:22`,
      fingerprint: 'SHA256:pY1abcdefgh0aQ',
      cores: 8 + 2 * roll(8),
      ms: 40 + roll(400),
    });
    up.push(host);
  }
  put(1.5, {
    type: 'queue.planned',
    items: Array.from({ length: items }, (_, index) => ({
      id: packageName(index),
      needs: index > 3 && index % 4 === 0 ? [packageName(index - 2)] : [],
      ...(index % 5 === 4 ? {} : { estimate: 60 + roll(3000) }),
    })),
  });
  const free = new Map(up.map((host) => [host, 2]));
  for (let index = 0; index < items && up.length > 0; index++) {
    const item = packageName(index);
    const host = up.reduce((best, each) => ((free.get(each) ?? 0) < (free.get(best) ?? 0) ? each : best));
    const at = free.get(host) ?? 2;
    const seconds = 60 + roll(3000);
    const task = '1.0';
    put(at, { type: 'item.started', host, item, attempt: 1 });
    put(at, { type: 'task.started', host, item, task, name: 'emerge', module: 'emerge' });
    put(at + 0.1, { type: 'job.started', host, item, task, job: `7KQ2-${index}`, offset: 0 });
    const phases = ['fetch', 'unpack', 'configure', 'compile', 'install'];
    for (const [step, phase] of phases.entries()) {
      put(at + 1 + (step * seconds) / 5, { type: 'task.progress', host, item, task, phase, subject: item, done: step, total: 5 });
      put(at + 1.5 + (step * seconds) / 5, {
        type: 'task.output',
        host,
        item,
        task,
        stream: 'stdout',
        lines: Array.from({ length: lines }, (_, n) => `js/src/Unified_cpp_${phase}${n}.o  ${roll(1e6)}`),
      });
    }
    if (trouble && index === 5) {
      put(at + seconds, {
        type: 'task.output',
        host,
        item,
        task,
        stream: 'stderr',
        lines: ["gin/converter.h:57:10: fatal error: 'v8-forward.h' file not found", '1 error generated.'],
      });
      put(at + seconds, {
        type: 'task.finished',
        host,
        item,
        task,
        name: 'emerge',
        outcome: 'failed',
        ms: seconds * 1000,
        error: brokenBuild(item),
      });
      put(at + seconds, {
        type: 'item.failed',
        host,
        item,
        attempt: 1,
        ms: seconds * 1000,
        blame: 'package',
        final: true,
        error: brokenBuild(item),
      });
    } else {
      put(at + seconds, { type: 'task.finished', host, item, task, name: 'emerge', outcome: 'changed', ms: seconds * 1000 });
      put(at + seconds + 1, {
        type: 'package.published',
        host,
        item,
        task: '1.2',
        cpv: item,
        path: `${item}-1.gpkg.tar`,
        size: 1e5 + roll(9e7),
        sha256: roll(0xffffff).toString(16).padStart(64, '9c0e'),
        generation: 1186 + index,
      });
      put(at + seconds + 2, { type: 'item.finished', host, item, attempt: 1, ms: (seconds + 2) * 1000 });
    }
    free.set(host, at + seconds + 3);
  }
  const end = Math.max(0, ...free.values());
  const ordered = facts
    .map((fact, index) => ({ fact, index }))
    .sort((a, b) => a.fact[0] - b.fact[0] || a.index - b.index)
    .map(({ fact }) => fact);
  const bad = trouble && hosts > 1;
  ordered.push([end, { type: 'run.finished', status: bad ? 'failed' : 'ok', exit: bad ? 2 : 0, ms: end * 1000 }]);
  return numberEvents(ordered.filter(([at]) => at <= until));
}

/** A reboot that a guard refused. */
export function refusedStory(): readonly RunEvent[] {
  const hosts = ['drone-Tarn', 'drone-Izar'];
  return numberEvents(
    [
      [0, { type: 'run.started', playbook: 'reboot', args: {}, hosts, check: false, diff: false, pid: 1, version: '0.1.0' }],
      [0.1, { type: 'play.started', play: 'Reboot', hosts, tasks: 1, queue: false }],
      [
        1,
        {
          type: 'route.setAside',
          host: 'drone-Tarn',
          route: 'local 10.42.0.199:22',
          status: 'misdirected',
          machine: 'Alpha-Centauri',
          error: wrongMachine,
        },
      ],
      [
        1.2,
        {
          type: 'host.connected',
          host: 'drone-Tarn',
          route: 'tailscale 100.64.0.91:22',
          fingerprint: 'SHA256:Vq3aaaaaaaakT0',
          cores: 14,
          ms: 210,
        },
      ],
      [
        1.3,
        {
          type: 'host.connected',
          host: 'drone-Izar',
          route: 'local 10.42.0.203:22',
          fingerprint: 'SHA256:2bXaaaaaaaam9E',
          cores: 16,
          ms: 12,
        },
      ],
      [4, { type: 'host.refused', host: 'drone-Tarn', error: wrongMachine }],
      [4, { type: 'run.finished', status: 'failed', exit: 7, ms: 4000 }],
    ],
    '9M4T',
  );
}

/** A playbook without a queue: outcomes of every kind, a diff, an ignored failure. */
export function pushStory(): readonly RunEvent[] {
  const hosts = ['drone-Meridian', 'drone-Izar'];
  const facts: [number, RunEventData][] = [
    [0, { type: 'run.started', playbook: 'push', args: { tree: 'files/site' }, hosts, check: false, diff: true, pid: 1, version: '0.1.0' }],
    [0.1, { type: 'play.started', play: 'Roll out', hosts, tasks: 3, queue: false }],
  ];
  for (const host of hosts) {
    facts.push([0.2, { type: 'host.connected', host, route: 'local 10.42.0.203:22', cores: 8, ms: 12 }]);
    facts.push([0.3, { type: 'task.started', host, task: '0.0', name: 'make.conf', module: 'template' }]);
    facts.push([
      0.4,
      {
        type: 'task.changed',
        host,
        task: '0.0',
        verb: 'update',
        subject: '/etc/portage/make.conf',
        before: 'USE="a"\nMAKEOPTS="-j8"\n',
        after: 'USE="a b"\nMAKEOPTS="-j8"\n',
      },
    ]);
    facts.push([
      0.5,
      { type: 'task.finished', host, task: '0.0', name: 'make.conf', outcome: 'changed', ms: 120, result: { changed: true } },
    ]);
    facts.push([0.6, { type: 'task.started', host, task: '0.1', name: 'uptime', module: 'command' }]);
    facts.push([0.6, { type: 'task.output', host, task: '0.1', stream: 'stdout', lines: ['up 6 days\x1b]0;owned\x07'] }]);
    facts.push([
      0.7,
      { type: 'task.finished', host, task: '0.1', name: 'uptime', outcome: 'ok', ms: 20, result: { rc: 0, stdout: 'up 6 days' } },
    ]);
    facts.push([0.8, { type: 'task.finished', host, task: '0.2', name: 'news', outcome: 'skipped', ms: 0 }]);
    facts.push([
      0.9,
      {
        type: 'task.finished',
        host,
        task: '0.3',
        name: 'try',
        outcome: 'failed',
        ignored: true,
        ms: 5,
        error: { code: 'SW6001', message: 'exit 3' },
      },
    ]);
  }
  facts.push([
    1,
    {
      type: 'task.finished',
      host: 'drone-Izar',
      task: '0.4',
      name: 'restart nginx',
      outcome: 'failed',
      ms: 900,
      error: {
        code: 'SW6001',
        message: '`rc-service nginx restart` ended with exit 1',
        hint: 'look at the log of nginx',
        at: { file: 'playbooks/push.yml', line: 23, column: 7, length: 7, text: '      service: { name: nginx, state: restarted }' },
        detail: 'nginx: [emerg] bind() failed',
      },
    },
  ]);
  facts.push([1.1, { type: 'run.finished', status: 'failed', exit: 2, ms: 1100 }]);
  return numberEvents(facts, 'B1XE');
}
