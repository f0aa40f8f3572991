import { type Change, defineModule, type Probe, type Remote, requireProgram, runOrThrow, SwarmError, z } from '../../src/index.ts';

const address = z.string().regex(/^(?:any|[\da-fA-F.:]+(?:\/[\d.]+)?)$/, 'must be an address, a network or any');
const port = z
  .union([z.int().min(1).max(65_535).transform(String), z.string().regex(/^\w[\w:,-]*$/, 'must be a port, a range 2379:2381 or a list')])
  .optional();
const device = z
  .string()
  .regex(/^\w[\w.+@:-]*$/, 'must be the name of an interface')
  .optional();
const DIRECTIONS = { in: 'in', incoming: 'in', out: 'out', outgoing: 'out', routed: 'routed' } as const;

const args = z
  .strictObject({
    rule: z.enum(['allow', 'deny', 'limit', 'reject']).optional().describe('What the rule does with the traffic'),
    delete: z.boolean().default(false).describe('The rule is not there'),
    insert: z.int().min(1).optional().describe('Number that a new rule gets; left out: it is the last'),
    route: z.boolean().default(false).describe('A rule for traffic that the host forwards'),
    direction: z
      .enum(['in', 'incoming', 'out', 'outgoing', 'routed'])
      .optional()
      .describe('Of a rule: in or out; of default: incoming, outgoing or routed'),
    interface: device.describe('Interface of the rule, with direction'),
    interface_in: device.describe('Interface where the traffic comes in'),
    interface_out: device.describe('Interface where it goes out'),
    log: z.boolean().default(false).describe('Log new connections'),
    from_ip: address.default('any').describe('Source: an address or a network'),
    from_port: port.describe('Port of the source'),
    to_ip: address.default('any').describe('Destination: an address or a network'),
    to_port: port.describe('Port of the destination: 22, 2379:2381 or 80,443'),
    proto: z.enum(['any', 'tcp', 'udp', 'ipv6', 'esp', 'ah', 'gre', 'igmp']).optional().describe('Protocol'),
    name: z
      .string()
      .regex(/^[^-\s'"][^'"\n]*$/, 'must be the name of a profile')
      .optional()
      .describe('Profile of /etc/ufw/applications.d, in place of ports'),
    comment: z
      .string()
      .regex(/^[^'\n]+$/, "must be one line without '")
      .optional()
      .describe('Comment of the rule'),
    default: z.enum(['allow', 'deny', 'reject']).optional().describe('What happens to traffic that no rule is about'),
    logging: z.enum(['on', 'off', 'low', 'medium', 'high', 'full']).optional().describe('How much is logged'),
    state: z
      .enum(['enabled', 'disabled', 'reloaded', 'reset'])
      .optional()
      .describe('enabled: it works now and after a boot; reset: off, with the rules of the installation'),
  })
  .refine((wanted) => [wanted.rule, wanted.default, wanted.logging, wanted.state].some((each) => each !== undefined), {
    error: 'needs rule, default, logging or state',
  })
  .refine(({ interface: name, direction }) => name === undefined || direction !== undefined, { error: 'interface needs direction' })
  .refine(({ rule, direction }) => rule === undefined || direction !== 'routed', {
    error: 'direction: routed is for default; for a rule write route: true',
  })
  .refine(({ direction, interface_in, interface_out }) => direction === undefined || (interface_in ?? interface_out) === undefined, {
    error: 'direction goes with interface, not with interface_in and interface_out',
  });

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Keep rules and settings of the firewall ufw',
  args,
  returns: z.strictObject({ rule: z.string().exactOptional().describe('The rule in the words of ufw') }),
  example: `ufw:
  rule: allow
  to_port: 22
  proto: tcp
`,
  async *run(probe, wanted) {
    await requireProgram(probe, ['ufw'], 'firewall');
    const rule = wanted.rule === undefined ? undefined : printRule(wanted);
    const isOff = wanted.state === 'disabled' || wanted.state === 'reset';
    if (isOff) yield* stateChanges(probe, wanted.state);
    yield* settingChanges(probe, wanted);
    if (rule !== undefined) yield* ruleChanges(probe, rule);
    if (!isOff) yield* stateChanges(probe, wanted.state); // last, so that what the rules allow is allowed at once
    return rule === undefined ? {} : { rule: rule.join(' ') };
  },
});

/** ufw with its English texts. */
const UFW = ['env', 'LC_ALL=C', 'LANG=C', 'ufw'] as const;

/** The rule in the long form of ufw. */
function printRule(wanted: Wanted): readonly string[] {
  const { direction, insert, comment } = wanted;
  const place = insert === undefined || wanted.delete ? [] : ['insert', String(insert)];
  const words: readonly (readonly [string, string | undefined])[] = [
    ['from', wanted.from_ip],
    ['port', wanted.from_port],
    ['to', wanted.to_ip],
    ['port', wanted.to_port],
    ['proto', wanted.proto],
    ['app', wanted.name],
    ['comment', comment],
  ];
  const pairs = words.flatMap(([word, value]) => (value === undefined ? [] : [word, value]));
  return [
    ...(wanted.route ? ['route'] : []),
    ...(wanted.delete ? ['delete'] : place),
    ...(wanted.rule === undefined ? [] : [wanted.rule]),
    ...(direction === undefined ? [] : [DIRECTIONS[direction]]),
    ...(wanted.interface === undefined ? [] : ['on', wanted.interface]),
    ...(wanted.interface_in === undefined ? [] : ['in', 'on', wanted.interface_in]),
    ...(wanted.interface_out === undefined ? [] : ['out', 'on', wanted.interface_out]),
    ...(wanted.log ? ['log'] : []),
    ...pairs,
  ];
}

/** ufw itself says which rules there would be. */
async function* ruleChanges(probe: Probe, rule: readonly string[]): AsyncGenerator<Change, void, void> {
  const subject = `rule ${rule.join(' ')}`;
  const { exit, stdout, stderr } = await probe.query({ argv: [...UFW, '--dry-run', ...rule] });
  if (exit !== 0) throw new SwarmError('SW6012', `${subject}: ${(stderr.trim() || stdout.trim()).split('\n')[0] ?? ''}`);
  const [before, after] = [[], []] as [string[], string[]];
  for (const table of stdout.split(/^\*filter$/m).slice(1)) {
    const file = table.includes(':ufw6-') ? 'user6.rules' : 'user.rules';
    before.push(...listRules(await readFirst(probe, [`/etc/ufw/${file}`, `/lib/ufw/${file}`, `/var/lib/ufw/${file}`])));
    after.push(...listRules(table));
  }
  if (before.join('') === after.join('')) return;
  const verb = before.length === 0 ? 'create' : after.length === 0 ? 'delete' : 'update';
  yield {
    verb,
    subject,
    before: before.join(''),
    after: after.join(''),
    apply: async (remote) => void (await runUfw(remote, rule, subject)),
  };
}

const listRules = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => (line.startsWith('### tuple ###') ? [`${line.slice('### tuple ### '.length).trimEnd()}\n`] : []));

const POLICIES = { ACCEPT: 'allow', DROP: 'deny', REJECT: 'reject' } as const;
const CHAINS = { in: ['INPUT', 'incoming'], out: ['OUTPUT', 'outgoing'], routed: ['FORWARD', 'routed'] } as const;

async function* settingChanges(probe: Probe, { default: policy, direction, logging }: Wanted): AsyncGenerator<Change, void, void> {
  if (policy !== undefined) {
    const [chain, word] = CHAINS[DIRECTIONS[direction ?? 'in']];
    const found = readSetting(await readFirst(probe, ['/etc/default/ufw']), `DEFAULT_${chain}_POLICY`);
    const has = POLICIES[found as keyof typeof POLICIES] ?? found;
    if (has !== policy) yield setting(`default of ${word} traffic`, has, policy, ['default', policy, word]);
  }
  if (logging === undefined) return;
  const level = readSetting(await readFirst(probe, ['/etc/ufw/ufw.conf']), 'LOGLEVEL');
  if (level !== logging && (logging !== 'on' || level === 'off' || level === ''))
    yield setting('logging', level, logging, ['logging', logging]);
}

async function* stateChanges(probe: Probe, state: Wanted['state']): AsyncGenerator<Change, void, void> {
  if (state === undefined) return;
  const isSet = readSetting(await readFirst(probe, ['/etc/ufw/ufw.conf']), 'ENABLED') === 'yes';
  const works = / active/.test((await probe.query({ argv: [...UFW, 'status'] })).stdout);
  const before = works && isSet ? 'enabled' : 'disabled';
  if (state === 'enabled' && before !== 'enabled') yield setting('firewall', before, state, ['--force', 'enable']);
  if (state === 'disabled' && (works || isSet)) yield setting('firewall', 'enabled', state, ['disable']);
  if (state === 'reloaded' && works) yield { ...setting('firewall', before, before, ['reload']), verb: 'run' };
  if (state === 'reset') yield { ...setting('firewall', before, 'disabled', ['--force', 'reset']), verb: 'delete' };
}

const setting = (subject: string, before: string, after: string, words: readonly string[]): Change => ({
  verb: 'update',
  subject,
  before: `${before}\n`,
  after: `${after}\n`,
  apply: async (remote) => void (await runUfw(remote, words, subject)),
});

const runUfw = (remote: Remote, words: readonly string[], subject: string): Promise<string> =>
  runOrThrow(remote, [...UFW, ...words], subject);

/** The text of the first file that there is. */
async function readFirst(probe: Probe, paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const bytes = await probe.read(path);
    if (bytes !== undefined) return new TextDecoder().decode(bytes);
  }
  return '';
}

const readSetting = (text: string, name: string): string => new RegExp(`^${name}="?(\\w*)"?\\s*$`, 'm').exec(text)?.[1] ?? '';
