import {
  type Change,
  defineModule,
  iptablesName,
  iptablesRuleArgs,
  loadsExtensionTwice,
  type Probe,
  printIptablesRule,
  requireProgram,
  runOrThrow,
  SwarmError,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    table: z.enum(['filter', 'nat', 'mangle', 'raw', 'security']).default('filter').describe('Table of the chain'),
    chain: iptablesName.optional().describe('Chain of the rule'),
    state: z.enum(['present', 'absent']).default('present').describe('Whether the rule is there'),
    action: z.enum(['append', 'insert']).default('append').describe('Where a new rule goes: last, or first'),
    rule_num: z.coerce.number().int().min(1).optional().describe('Number that a new rule gets, with action: insert'),
    wait: z.coerce.number().int().min(0).default(30).describe('Seconds to wait for another program that changes rules'),
    ...iptablesRuleArgs,
    policy: z.enum(['ACCEPT', 'DROP', 'QUEUE', 'RETURN']).optional().describe('What happens in the chain to traffic that no rule is about'),
    flush: z.boolean().default(false).describe('Remove all rules of the chain; without a chain, of the table'),
    chain_management: z.boolean().default(false).describe('Make the chain where it is not there; without a rule, keep the chain alone'),
  })
  .refine(({ chain, flush }) => flush || chain !== undefined, { error: 'needs chain' })
  .refine(({ flush, policy }) => !flush || policy === undefined, { error: 'takes one of flush and policy' })
  .refine((wanted) => wanted.flush || wanted.policy !== undefined || wanted.chain_management || printIptablesRule(wanted).length > 0, {
    error: 'needs a rule such as jump: ACCEPT, policy, flush or chain_management: true',
  })
  .refine(({ rule_num, action }) => rule_num === undefined || action === 'insert', { error: 'rule_num goes with action: insert' })
  .refine((wanted) => !loadsExtensionTwice(wanted), {
    error: 'match names an extension that another argument loads: leave it out of match',
  })
  .refine(({ jump, log_prefix, log_level }) => jump === undefined || jump === 'LOG' || (log_prefix ?? log_level) === undefined, {
    error: 'log_prefix and log_level go with jump: LOG',
  });

type Wanted = z.output<typeof args>;

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
    const words = printIptablesRule(wanted);
    if (wanted.flush) yield* flushChanges(probe, iptables, wanted);
    else if (wanted.policy !== undefined) yield* policyChanges(probe, iptables, wanted.chain ?? '', wanted.policy);
    else yield* ruleChanges(probe, iptables, wanted, words);
    return { rule: words.join(' ') };
  },
});

type Iptables = readonly [program: string, ...words: readonly string[]];

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
