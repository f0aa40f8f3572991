import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import iptables from '../../../modules/network/iptables.ts';
import { withPrograms } from '../cases/case.ts';
import { iptables as fake } from '../cases/system-cases.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-iptables-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const host = () => withPrograms(mkdtempSync(join(root, 'host')), { iptables: fake });
type Host = ReturnType<typeof createLocalHost>;

async function run(remote: Host, args: Record<string, unknown>): Promise<readonly string[]> {
  const { changes } = await driveModule(iptables.run(remote, iptables.args.parse(args)), remote);
  return changes.map(({ verb, subject }) => `${verb} ${subject}`);
}

/** The same rules as `construct_rule` of Ansible 2.14 makes of them. */
test.each([
  [{ protocol: 'tcp', destination_port: 22, jump: 'ACCEPT' }, '-p tcp -j ACCEPT --destination-port 22'],
  [{ source: '!10.0.0.0/8', in_interface: '! eth0', jump: 'DROP' }, '! -s 10.0.0.0/8 -j DROP ! -i eth0'],
  [{ ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT' }, '-j ACCEPT -m conntrack --ctstate ESTABLISHED,RELATED'],
  [{ match: ['state'], ctstate: ['NEW'], jump: 'ACCEPT' }, '-m state -j ACCEPT --state NEW'],
  [{ protocol: 'tcp', destination_ports: [80, '443'], syn: 'negate', jump: 'x' }, '-p tcp -j x -m multiport --dports 80,443 ! --syn'],
  [
    { limit: '2/second', limit_burst: 20, log_prefix: '-a b', comment: '!c' },
    '-j LOG --log-prefix -a b -m limit --limit 2/second --limit-burst 20 -m comment --comment !c',
  ],
  [
    { protocol: 'tcp', tcp_flags: { flags: ['ALL'], flags_set: ['ACK', 'RST'] }, reject_with: 'tcp-reset' },
    '-p tcp --tcp-flags ALL ACK,RST -j REJECT --reject-with tcp-reset',
  ],
  [
    { src_range: '10.0.0.1-10.0.0.9', dst_range: '10.0.1.1-10.0.1.9', goto: 'x' },
    '-g x -m iprange --src-range 10.0.0.1-10.0.0.9 --dst-range 10.0.1.1-10.0.1.9',
  ],
])('the rule %j is %s', async (args, rule) => {
  const remote = await host();
  expect(await run(remote, { chain: 'INPUT', ...args })).toEqual([`create rule INPUT ${rule}`]);
  expect(remote.ran.filter(({ how }) => how === 'exec').map(({ argv }) => argv.join(' '))).toEqual([
    `iptables -w 30 -t filter -A INPUT ${rule}`,
  ]);
  expect(await run(remote, { chain: 'INPUT', ...args })).toEqual([]);
  expect(await run(remote, { chain: 'INPUT', ...args, state: 'absent' })).toEqual([`delete rule INPUT ${rule}`]);
});

test('a chain, its policy and its rules', async () => {
  const remote = await host();
  expect(await run(remote, { chain: 'NEW', chain_management: true, jump: 'DROP' })).toEqual([
    'create chain NEW',
    'create rule NEW -j DROP',
  ]);
  expect(await run(remote, { chain: 'NEW', chain_management: true })).toEqual([]);
  expect(await run(remote, { chain: 'INPUT', policy: 'ACCEPT' })).toEqual([]);
  expect(await run(remote, { chain: 'INPUT', policy: 'DROP' })).toEqual(['update policy of INPUT']);
  expect(await run(remote, { chain: 'INPUT', policy: 'DROP' })).toEqual([]);
  expect(await run(remote, { chain: 'INPUT', flush: true })).toEqual([]);
  expect(await run(remote, { chain: 'NEW', flush: true })).toEqual(['delete rules of NEW']);
  expect(await run(remote, { chain: 'INPUT', action: 'insert', rule_num: 2, jump: 'DROP' })).toEqual(['create rule INPUT -j DROP']);
  expect(remote.ran.at(-1)?.argv.slice(5)).toEqual(['-I', 'INPUT', '2', '-j', 'DROP']);
});

test('what iptables cannot read is an error with its words, and not a rule that is gone', async () => {
  const remote = await withPrograms(mkdtempSync(join(root, 'bad')), {
    iptables: 'case $5 in -C) echo "iptables: invalid port/service x" >&2; exit 2 ;; esac',
  });
  const args = { chain: 'INPUT', protocol: 'tcp', destination_port: 'x', jump: 'DROP', state: 'absent' };
  await expect(run(remote, args)).rejects.toThrow('iptables: invalid port/service x');
});

test.each([
  {},
  { chain: 'INPUT' },
  { chain: '-F' },
  { chain: 'INPUT', source: '-j' },
  { chain: 'INPUT', jump: 'DROP', rule_num: 2 },
  { chain: 'INPUT', jump: 'DROP', log_prefix: 'a' },
  { chain: 'INPUT', match: ['limit'], limit: '1/s', jump: 'DROP' },
  { chain: 'INPUT', policy: 'DROP', flush: true },
])('%j is refused', (args) => {
  expect(iptables.args.safeParse(args).success).toBe(false);
});

const canMakeNetwork = (): boolean => {
  try {
    return execFileSync('unshare', ['-n', 'iptables', '-w', '5', '-S', 'INPUT'], { stdio: 'pipe' }).toString().includes('-P INPUT');
  } catch {
    return false;
  }
};

/** Ends when its standard input does. */
const startNetwork = (): Promise<ChildProcess> =>
  new Promise((resolve) => {
    const child = spawn('unshare', ['-n', 'sh', '-c', 'echo ready; read end'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdout.once('data', () => resolve(child));
  });

test.skipIf(!canMakeNetwork())('real iptables finds each rule again, and removes it', async () => {
  const network = await startNetwork();
  const enter = ['nsenter', `--net=/proc/${network.pid}/ns/net`];
  const remote = createLocalHost(mkdtempSync(join(root, 'real')), { commandPrefix: enter });
  const rules = [
    { ctstate: ['ESTABLISHED', 'RELATED'], source: '!10.0.0.0/8', in_interface: '! eth0', jump: 'ACCEPT' },
    {
      protocol: 'tcp',
      destination_ports: [80, 443],
      syn: 'negate',
      limit: '2/second',
      limit_burst: 20,
      log_prefix: '-a b',
      comment: "!c $(x) 'y'",
    },
    { table: 'nat', chain: 'PREROUTING', protocol: 'tcp', destination_port: 80, jump: 'REDIRECT', to_ports: 8080 },
    { chain: 'NEW', chain_management: true, src_range: '10.0.0.1-10.0.0.9', reject_with: 'icmp-host-prohibited' },
  ];
  for (const rule of rules) {
    const args = { chain: 'INPUT', ...rule };
    expect((await run(remote, args)).at(-1)).toMatch(/^create rule/);
    expect(await run(remote, args)).toEqual([]);
    expect(await run(remote, { ...args, state: 'absent' })).toEqual([expect.stringMatching(/^delete rule/)]);
  }
  expect(await run(remote, { chain: 'NEW', chain_management: true, state: 'absent' })).toEqual(['delete chain NEW']);
  network.stdin?.end();
});
