import { z } from 'zod';

const text = z.union([z.string().min(1), z.number().transform(String)]);
const word = text
  .refine((value) => /^!? ?[^-\s!]\S*$/.test(value), { error: 'must be one word, with ! before it for all but it' })
  .optional();
const line = z
  .string()
  .regex(/^[^\n]+$/, 'must be one line')
  .optional();
/** The name of a chain. */
export const iptablesName = z.string().regex(/^[^-\s!]\S*$/, 'must be the name of a chain');

/** The arguments of a module that say what a rule is. */
export const iptablesRuleArgs = {
  ip_version: z.enum(['ipv4', 'ipv6']).default('ipv4').describe('Version of IP'),
  protocol: word.describe('Protocol: tcp, udp, icmp or another'),
  source: word.describe('Source: an address or a network'),
  destination: word.describe('Destination: an address or a network'),
  in_interface: word.describe('Interface where the traffic comes in'),
  out_interface: word.describe('Interface where it goes out'),
  match: z
    .array(z.string().regex(/^[^-\s!]\S*$/, 'must be the name of an extension, such as comment'))
    .default([])
    .describe('Extensions to load'),
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

const rule = z.strictObject(iptablesRuleArgs);
/** A rule of iptables, by its arguments. */
export type IptablesRule = z.output<typeof rule>;

/** The options of the arguments, in the order of Ansible: iptables finds a rule only where its parts have the same order. */
const OPTIONS: readonly (readonly [argument: keyof IptablesRule, option: string, extension?: string])[] = [
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

/** Whether `match` names an extension that another argument loads in any case. */
export function loadsExtensionTwice({
  match,
  destination_ports,
  limit,
  limit_burst,
  uid_owner,
  gid_owner,
  comment,
}: IptablesRule): boolean {
  const loads = { multiport: destination_ports[0], limit: limit ?? limit_burst, owner: uid_owner ?? gid_owner, comment };
  return match.some((each) => Object.hasOwn(loads, each) && loads[each as keyof typeof loads] !== undefined);
}

/** A rule in the words of iptables. An extension is loaded once. */
export function printIptablesRule(wanted: IptablesRule): readonly string[] {
  const loaded = new Set(wanted.match);
  return OPTIONS.flatMap(([argument, option, extension]) => {
    const words = printOption(wanted, argument, loaded.has('state') && extension === 'conntrack' ? '--state' : option);
    if (words.length === 0 || extension === undefined) return words;
    const isLoaded = loaded.has(extension) || (extension === 'conntrack' && loaded.has('state'));
    loaded.add(extension);
    return isLoaded ? words : ['-m', extension, ...words];
  });
}

function printOption(wanted: IptablesRule, argument: keyof IptablesRule, option: string): readonly string[] {
  const { ip_version, match, tcp_flags, syn } = wanted;
  if (argument === 'match') return match.flatMap((each) => [option, each]);
  if (argument === 'tcp_flags') return tcp_flags === undefined ? [] : [option, tcp_flags.flags.join(','), tcp_flags.flags_set.join(',')];
  if (argument === 'syn') return syn === 'ignore' ? [] : syn === 'match' ? [option] : ['!', option];
  const value = argument === 'jump' ? findTarget(wanted) : wanted[argument];
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.length === 0 ? [] : [option, value.join(',')];
  const written = String(value);
  const isText = argument === 'comment' || argument === 'log_prefix';
  if (!isText && written.startsWith('!')) return ['!', option, written.slice(1).trim()];
  return [argument === 'icmp_type' && ip_version === 'ipv6' ? '--icmpv6-type' : option, written];
}

/** What happens to the traffic, where other arguments alone tell it. */
function findTarget({ jump, log_prefix, log_level, reject_with }: IptablesRule): string | undefined {
  if (jump !== undefined) return jump;
  if ((log_prefix ?? log_level) !== undefined) return 'LOG';
  return reject_with === undefined ? undefined : 'REJECT';
}
