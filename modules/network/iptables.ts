import { type Change, defineModule, type Probe, requireProgram, runOrThrow, SwarmError, z } from '../../src/index.ts';

const text = z.union([z.string().min(1), z.number().transform(String)]);
const word = text
  .refine((value) => /^!? ?[^-\s!]\S*$/.test(value), { error: 'must be one word, with ! before it for all but it' })
  .optional();
const line = z
  .string()
  .regex(/^[^\n]+$/, 'must be one line')
  .optional();
const name = z.string().regex(/^[^-\s!]\S*$/, 'must be the name of a chain');

/** The options of the arguments, in the order of Ansible: iptables finds a rule only where its parts have the same order. */
const OPTIONS: readonly (readonly [argument: keyof Rule, option: string, extension?: string])[] = [
  ['protocol', '-p'],
  ['source', '-s'],
  ['destination', '-d'],
  ['match', '-m'],
  ['tcp_flags', '--tcp-flags'],
  ['jump', '-j'],
  ['log_prefix', '--log-prefix'],
  ['log_level', '--log-level'],
  ['to_destination', '--to-destination'],
  ['destination_ports', '--dports', 'multiport'],
  ['to_source', '--to-source'],
  ['goto', '-g'],
  ['in_interface', '-i'],
  ['out_interface', '-o'],
  ['source_port', '--source-port'],
  ['destination_port', '--destination-port'],
  ['to_ports', '--to-ports'],
  ['syn', '--syn'],
  ['ctstate', '--ctstate', 'conntrack'],
  ['src_range', '--src-range', 'iprange'],
  ['dst_range', '--dst-range', 'iprange'],
  ['limit', '--limit', 'limit'],
  ['limit_burst', '--limit-burst', 'limit'],
  ['uid_owner', '--uid-owner', 'owner'],
  ['gid_owner', '--gid-owner', 'owner'],
  ['reject_with', '--reject-with'],
  ['icmp_type', '--icmp-type'],
  ['comment', '--comment', 'comment'],
];

const rule = {
  protocol: word.describe('Protocol: tcp, udp, icmp or another'),
  source: word.describe('Source: an address or a network'),
  destination: word.describe('Destination: an address or a network'),
  in_interface: word.describe('Interface where the traffic comes in'),
  out_interface: word.describe('Interface where it goes out'),
  match: z.array(name).default([]).describe('Extensions to load'),
  source_port: word.describe('Port of the source, or a range 1024:2048'),
  destination_port: word.describe('Port of the destination, or a range 8000:8010'),
  destination_ports: z.array(text).default([]).describe('Ports of the destination, at most 15'),
  ctstate: z
    .array(z.enum(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'DNAT', 'SNAT']))
    .default([])
    .describe('States of the connection'),
  src_range: word.describe('Sources from one address to another'),
  dst_range: word.describe('Destinations from one address to another'),
  tcp_flags: z
    .strictObject({ flags: z.array(z.string()).min(1), flags_set: z.array(z.string()).min(1) })
    .optional()
    .describe('Flags of TCP to look at, and those that must be set'),
  syn: z.enum(['ignore', 'match', 'negate']).default('ignore').describe('match: new TCP connections; negate: all but them'),
  limit: word.describe('Most matches in a time: 10/second'),
  limit_burst: word.describe('Matches before the limit counts'),
  uid_owner: word.describe('User whose process sends'),
  gid_owner: word.describe('Group whose process sends'),
  icmp_type: word.describe('Kind of ICMP, by number or name'),
  comment: line.describe('Comment of the rule'),
  jump: word.describe('What happens: ACCEPT, DROP, a chain or another target'),
  goto: word.describe('Chain that goes on in place of this one'),
  log_prefix: line.describe('Text before each line of the log'),
  log_level: z.enum(['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug']).optional().describe('Level of the log'),
  to_source: word.describe('New source, for jump: SNAT'),
  to_destination: word.describe('New destination, for jump: DNAT'),
  to_ports: word.describe('New ports, for jump: REDIRECT and MASQUERADE'),
  reject_with: word.describe('Answer to what is rejected'),
};

const ruleArgs = z.strictObject(rule);
type Rule = z.output<typeof ruleArgs>;

const args = z
  .strictObject({
    table: z.enum(['filter', 'nat', 'mangle', 'raw', 'security']).default('filter').describe('Table of the chain'),
    chain: name.optional().describe('Chain of the rule'),
    state: z.enum(['present', 'absent']).default('present').describe('Whether the rule is there'),
    action: z.enum(['append', 'insert']).default('append').describe('Where a new rule goes: last, or first'),
    rule_num: z.coerce.number().int().min(1).optional().describe('Number that a new rule gets, with action: insert'),
    ip_version: z.enum(['ipv4', 'ipv6']).default('ipv4').describe('Version of IP'),
    wait: z.coerce.number().int().min(0).default(30).describe('Seconds to wait for another program that changes rules'),
    ...rule,
    policy: z.enum(['ACCEPT', 'DROP', 'QUEUE', 'RETURN']).optional().describe('What happens in the chain to traffic that no rule is about'),
    flush: z.boolean().default(false).describe('Remove all rules of the chain; without a chain, of the table'),
    chain_management: z.boolean().default(false).describe('Make the chain where it is not there; without a rule, keep the chain alone'),
  })
  .refine(({ chain, flush }) => flush || chain !== undefined, { error: 'needs chain' })
  .refine(({ flush, policy }) => !flush || policy === undefined, { error: 'takes one of flush and policy' })
  .refine((wanted) => wanted.flush || wanted.policy !== undefined || wanted.chain_management || printRule(wanted).length > 0, {
    error: 'needs a rule such as jump: ACCEPT, policy, flush or chain_management: true',
  })
  .refine(({ rule_num, action }) => rule_num === undefined || action === 'insert', { error: 'rule_num goes with action: insert' })
  .refine(({ match, ...wanted }) => !match.some((each) => loadsItself(wanted, each)), {
    error: 'match names an extension that another argument loads: leave it out of match',
  })
  .refine(({ jump, log_prefix, log_level }) => jump === undefined || jump === 'LOG' || (log_prefix ?? log_level) === undefined, {
    error: 'log_prefix and log_level go with jump: LOG',
  });

type Wanted = z.output<typeof args>;

/** Whether an argument loads an extension in any case. */
function loadsItself(wanted: Omit<Rule, 'match'>, extension: string): boolean {
  const { destination_ports, limit, limit_burst, uid_owner, gid_owner, comment } = wanted;
  const loads = { multiport: destination_ports[0], limit: limit ?? limit_burst, owner: uid_owner ?? gid_owner, comment };
  return Object.hasOwn(loads, extension) && loads[extension as keyof typeof loads] !== undefined;
}

export default defineModule({
  summary: 'Keep a rule of iptables or ip6tables until the next boot',
  args,
  returns: z.strictObject({ rule: z.string().describe('The rule in the words of iptables') }),
  example: `iptables:
  chain: INPUT
  protocol: tcp
  destination_port: 22
  jump: ACCEPT
`,
  async *run(probe, wanted) {
    const iptables: Iptables = [wanted.ip_version === 'ipv4' ? 'iptables' : 'ip6tables', '-w', String(wanted.wait), '-t', wanted.table];
    await requireProgram(probe, [iptables[0]], 'firewall');
    const words = printRule(wanted);
    if (wanted.flush) yield* flushChanges(probe, iptables, wanted);
    else if (wanted.policy !== undefined) yield* policyChanges(probe, iptables, wanted.chain ?? '', wanted.policy);
    else yield* ruleChanges(probe, iptables, wanted, words);
    return { rule: words.join(' ') };
  },
});

type Iptables = readonly [program: string, ...words: readonly string[]];

/** The words of the rule. An extension is loaded once. */
function printRule(wanted: Rule): readonly string[] {
  const loaded = new Set(wanted.match);
  return OPTIONS.flatMap(([argument, option, extension]) => {
    const words = printOption(wanted, argument, loaded.has('state') && extension === 'conntrack' ? '--state' : option);
    if (words.length === 0 || extension === undefined) return words;
    const isLoaded = loaded.has(extension) || (extension === 'conntrack' && loaded.has('state'));
    loaded.add(extension);
    return isLoaded ? words : ['-m', extension, ...words];
  });
}

function printOption(wanted: Rule, argument: keyof Rule, option: string): readonly string[] {
  const { match, tcp_flags, syn } = wanted;
  if (argument === 'match') return match.flatMap((each) => [option, each]);
  if (argument === 'tcp_flags') return tcp_flags === undefined ? [] : [option, tcp_flags.flags.join(','), tcp_flags.flags_set.join(',')];
  if (argument === 'syn') return syn === 'ignore' ? [] : syn === 'match' ? [option] : ['!', option];
  const value = argument === 'jump' ? findTarget(wanted) : wanted[argument];
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.length === 0 ? [] : [option, value.join(',')];
  const written = String(value);
  const isText = argument === 'comment' || argument === 'log_prefix';
  if (!isText && written.startsWith('!')) return ['!', option, written.slice(1).trim()];
  const isIpv6 = argument === 'icmp_type' && 'ip_version' in wanted && wanted.ip_version === 'ipv6';
  return [isIpv6 ? '--icmpv6-type' : option, written];
}

/** What happens to the traffic, where other arguments alone tell it. */
function findTarget({ jump, log_prefix, log_level, reject_with }: Rule): string | undefined {
  if (jump !== undefined) return jump;
  if ((log_prefix ?? log_level) !== undefined) return 'LOG';
  return reject_with === undefined ? undefined : 'REJECT';
}

async function* ruleChanges(
  probe: Probe,
  iptables: Iptables,
  wanted: Wanted,
  words: readonly string[],
): AsyncGenerator<Change, void, void> {
  const { chain = '', state, action, rule_num, chain_management } = wanted;
  const hasChain = (await readRules(probe, iptables, [chain])) !== undefined;
  const isThere = words.length > 0 && hasChain && (await hasRule(probe, iptables, [chain, ...words]));
  const place = action === 'append' ? ['-A', chain] : ['-I', chain, ...(rule_num === undefined ? [] : [String(rule_num)])];
  const ruleText = `${chain} ${words.join(' ')}\n`;
  if (state === 'absent') {
    if (isThere) yield change(iptables, 'delete', `rule ${ruleText.trim()}`, ['-D', chain, ...words], ruleText, '');
    if (words.length === 0 && hasChain) yield change(iptables, 'delete', `chain ${chain}`, ['-X', chain], `${chain}\n`, '');
    return;
  }
  if (!hasChain && chain_management) yield change(iptables, 'create', `chain ${chain}`, ['-N', chain], '', `${chain}\n`);
  if (words.length > 0 && !isThere) yield change(iptables, 'create', `rule ${ruleText.trim()}`, [...place, ...words], '', ruleText);
}

async function* policyChanges(probe: Probe, iptables: Iptables, chain: string, policy: string): AsyncGenerator<Change, void, void> {
  const rules = (await readRules(probe, iptables, [chain])) ?? '';
  const [, before] = /^-P \S+ (\w+)/m.exec(rules) ?? [];
  if (before === undefined)
    throw new SwarmError('SW6012', `the chain ${chain} has no policy`, { hint: 'Only the chains of iptables itself have one.' });
  if (before !== policy) yield change(iptables, 'update', `policy of ${chain}`, ['-P', chain, policy], `${before}\n`, `${policy}\n`);
}

async function* flushChanges(probe: Probe, iptables: Iptables, { chain, table }: Wanted): AsyncGenerator<Change, void, void> {
  const words = chain === undefined ? [] : [chain];
  const rules = (await readRules(probe, iptables, words)) ?? '';
  const before = rules.split('\n').flatMap((each) => (each.startsWith('-A ') ? [`${each.slice(3)}\n`] : []));
  if (before.length > 0) yield change(iptables, 'delete', `rules of ${chain ?? table}`, ['-F', ...words], before.join(''), '');
}

function change(
  iptables: Iptables,
  verb: Change['verb'],
  subject: string,
  words: readonly string[],
  before: string,
  after: string,
): Change {
  return { verb, subject, before, after, apply: async (remote) => void (await runOrThrow(remote, [...iptables, ...words], subject)) };
}

/** The rules of a chain or of the table; undefined where there is no such chain. */
async function readRules(probe: Probe, iptables: Iptables, words: readonly string[]): Promise<string | undefined> {
  const { exit, stdout, stderr } = await probe.query({ argv: [...iptables, '-S', ...words] });
  if (exit === 0) return stdout;
  if (exit === 1 && !/permission|denied|you must be root/i.test(stderr)) return undefined;
  throw new SwarmError('SW6012', `${iptables[0]}: ${stderr.trim().split('\n')[0] ?? ''}`);
}

/** iptables ends with 1 where there is no such rule. What it cannot read is an error, so that it is not taken for a rule that is gone; a target
 *  that is a chain may come later in the same dry run. */
async function hasRule(probe: Probe, iptables: Iptables, words: readonly string[]): Promise<boolean> {
  const { exit, stderr } = await probe.query({ argv: [...iptables, '-C', ...words] });
  if (exit === 0 || exit === 1) return exit === 0;
  if (/Chain '?\S+'? does not exist|No chain\/target\/match by that name/.test(stderr)) return false;
  throw new SwarmError('SW6012', `${iptables[0]}: ${stderr.trim().split('\n')[0] ?? ''}`);
}
