import { type Change, defineModule, type ExecResult, type Probe, requireProgram, runOrThrow, SwarmError, z } from '../../src/index.ts';

const word = z
  .string()
  .regex(/^\w[\w.+@:/!-]*$/, 'must be one word')
  .optional();
const port = z.string().regex(/^\d{1,5}(?:-\d{1,5})?\/(?:tcp|udp|sctp|dccp)$/, 'must be a port with its protocol: 8080/tcp');
const number = z.union([
  z.int().min(1).max(65_535).transform(String),
  z.string().regex(/^\d{1,5}(?:-\d{1,5})?$/, 'must be a port or a range'),
]);
const forwarding = z.strictObject({
  port: number,
  proto: z.enum(['tcp', 'udp', 'sctp', 'dccp']),
  toport: number.optional(),
  toaddr: z
    .string()
    .regex(/^[\da-fA-F.:]*$/, 'must be an address')
    .optional(),
});

const settings = {
  service: word.describe('A service of firewalld: https'),
  port: port.optional().describe('A port or a range: 2379-2381/tcp'),
  protocol: word.describe('A protocol: ospf'),
  source: word.describe('An address or a network whose traffic belongs to the zone'),
  interface: word.describe('An interface whose traffic belongs to the zone'),
  icmp_block: word.describe('A kind of ICMP that is blocked'),
  icmp_block_inversion: z.boolean().optional().describe('Block all ICMP but what icmp_block names'),
  masquerade: z.boolean().optional().describe('Masquerade what the zone forwards'),
  forward: z.boolean().optional().describe('Forward between the interfaces of the zone'),
  rich_rule: z
    .string()
    .regex(/^rule\b[^\n]*$/, 'must be one line that begins with rule')
    .optional()
    .describe('A rule in the rich language'),
  port_forward: z
    .union([forwarding, z.array(forwarding).length(1)])
    .transform((value) => [value].flat())
    .optional()
    .describe('A port that leads to another one: port, proto, toport, toaddr'),
};
type Setting = keyof typeof settings;

const args = z
  .strictObject({
    ...settings,
    target: z
      .enum(['default', 'ACCEPT', 'DROP', '%%REJECT%%'])
      .optional()
      .describe('What happens to traffic of the zone that no rule is about'),
    zone: word.describe('The zone; left out: the default zone of the host'),
    state: z
      .enum(['enabled', 'disabled', 'present', 'absent'])
      .default('enabled')
      .describe('enabled, disabled: a setting of a zone; present, absent: the zone itself, or its target'),
    permanent: z.boolean().default(false).describe('It holds after a reload and a boot'),
    immediate: z.boolean().default(false).describe('It holds at once; without permanent always so'),
    offline: z.boolean().default(false).describe('With permanent: leave immediate out where firewalld does not run'),
    timeout: z.int().min(0).default(0).describe('Seconds after which an immediate setting ends; 0: it stays'),
  })
  .refine((wanted) => namedSettings(wanted).length <= 1, { error: 'takes one setting in a task' })
  .refine((wanted) => wanted.target === undefined || namedSettings(wanted).length === 0, { error: 'target stands alone' })
  .refine((wanted) => namedSettings(wanted).length === 0 || wanted.state === 'enabled' || wanted.state === 'disabled', {
    error: 'a setting of a zone needs state: enabled or disabled',
  })
  .refine((wanted) => namedSettings(wanted).length > 0 || (wanted.zone !== undefined && wanted.permanent), {
    error: 'needs a setting such as service, or a zone with permanent: true',
  });

type Wanted = z.output<typeof args>;

const namedSettings = (wanted: object): readonly Setting[] =>
  (Object.keys(settings) as Setting[]).filter((name) => (wanted as Record<string, unknown>)[name] !== undefined);

export default defineModule({
  summary: 'Keep a setting of a zone of the firewall firewalld',
  args,
  returns: z.strictObject({ zone: z.string().exactOptional(), state: z.string() }),
  example: `firewalld:
  service: https
  zone: public
  permanent: true
  immediate: true
`,
  async *run(probe, wanted) {
    await requireProgram(probe, ['firewall-cmd', 'firewall-offline-cmd'], 'firewall');
    for (const place of await findPlaces(probe, wanted)) yield* placeChanges(probe, wanted, place);
    return { ...(wanted.zone === undefined ? {} : { zone: wanted.zone }), state: wanted.state };
  },
});

/** Where a setting is kept: what works now, or what is read at the next start. */
interface Place {
  readonly name: 'immediate' | 'permanent';
  readonly command: readonly [string, ...string[]];
}

async function findPlaces(probe: Probe, { permanent, immediate, offline }: Wanted): Promise<readonly Place[]> {
  const runs = (await probe.query({ argv: ['firewall-cmd', '--state'] })).exit === 0;
  const kept: Place = { name: 'permanent', command: runs ? ['firewall-cmd', '--permanent'] : ['firewall-offline-cmd'] };
  if (!immediate && permanent) return [kept];
  if (runs) return [{ name: 'immediate', command: ['firewall-cmd'] }, ...(permanent ? [kept] : [])];
  if (permanent && offline) return [kept];
  throw new SwarmError('SW6012', 'firewalld does not run, so nothing can be changed at once', {
    hint: 'Start it before, or write permanent: true without immediate, or with offline: true.',
  });
}

/** The zone itself and its target are permanent only. */
async function* placeChanges(probe: Probe, wanted: Wanted, place: Place): AsyncGenerator<Change, void, void> {
  const [setting] = namedSettings(wanted);
  if (setting !== undefined) yield* settingChanges(probe, wanted, setting, place);
  else if (place.name === 'permanent')
    yield* wanted.target === undefined ? zoneChanges(probe, wanted, place) : targetChanges(probe, wanted, place);
}

function firewallChange(
  { command }: Place,
  verb: Change['verb'],
  subject: string,
  words: readonly string[],
  diff: Pick<Change, 'before' | 'after'> = {},
): Change {
  const argv: readonly [string, ...string[]] = ['env', 'LC_ALL=C', ...command, ...words];
  return { verb, subject, ...diff, apply: async (remote) => void (await runOrThrow(remote, argv, subject)) };
}

const inZone = ({ zone }: Wanted): readonly string[] => (zone === undefined ? [] : [`--zone=${zone}`]);

async function* targetChanges(probe: Probe, wanted: Wanted, place: Place): AsyncGenerator<Change, void, void> {
  const { zone, state, target = 'default' } = wanted;
  const after = state === 'absent' || state === 'disabled' ? 'default' : target;
  const before = (await ask(probe, [...place.command, ...inZone(wanted), '--get-target'])).trim();
  if (before === after) return;
  const words = [...inZone(wanted), `--set-target=${after}`];
  yield firewallChange(place, 'update', `target of zone ${zone}`, words, { before: `${before}\n`, after: `${after}\n` });
}

async function* zoneChanges(probe: Probe, { zone = '', state }: Wanted, place: Place): AsyncGenerator<Change, void, void> {
  const isWanted = state === 'present' || state === 'enabled';
  const isThere = (await ask(probe, [...place.command, '--get-zones'])).split(/\s+/).includes(zone);
  if (isThere === isWanted) return;
  yield firewallChange(place, isWanted ? 'create' : 'delete', `zone ${zone}`, [`--${isWanted ? 'new' : 'delete'}-zone=${zone}`]);
}

async function* settingChanges(probe: Probe, wanted: Wanted, setting: Setting, place: Place): AsyncGenerator<Change, void, void> {
  const { zone, timeout } = wanted;
  const { name, command } = place;
  const option = `${setting === 'port_forward' ? 'forward-port' : setting.replaceAll('_', '-')}${printValue(wanted, setting)}`;
  const isWanted = (wanted.state === 'enabled') === (wanted[setting] !== false);
  const isSet = (await queryFirewall(probe, [...command, ...inZone(wanted), `--query-${option}`], [0, 1])).exit === 0;
  if (isSet === isWanted) return;
  const add = setting === 'interface' ? '--change-' : '--add-';
  const ends = isWanted && name === 'immediate' && timeout > 0 ? [`--timeout=${timeout}`] : [];
  const subject = `${option.replace('=', ' ')} of ${zone === undefined ? 'the default zone' : `zone ${zone}`} (${name})`;
  const remove =
    setting === 'service' && command[0] === 'firewall-offline-cmd' ? `--remove-service-from-zone=${wanted.service}` : `--remove-${option}`;
  yield firewallChange(place, isWanted ? 'create' : 'delete', subject, [...inZone(wanted), isWanted ? `${add}${option}` : remove, ...ends]);
}

/** What follows the name of an option: nothing for what is on or off. */
function printValue(wanted: Wanted, setting: Setting): string {
  const value = wanted[setting];
  if (typeof value === 'boolean') return '';
  if (typeof value === 'string') return `=${value}`;
  const [{ port: from, proto, toport = '', toaddr = '' } = { port: '', proto: '' }] = value ?? [];
  return `=port=${from}:proto=${proto}:toport=${toport}:toaddr=${toaddr}`;
}

/** Asks firewalld. Throws SW6012 for another exit code than those of an answer: of a question with yes or no, 1 is no. */
async function queryFirewall(probe: Probe, argv: readonly string[], answers: readonly number[]): Promise<ExecResult> {
  const result = await probe.query({ argv: ['env', 'LC_ALL=C', ...argv] });
  if (answers.includes(result.exit)) return result;
  const [line = ''] = (result.stderr || result.stdout).trim().split('\n');
  throw new SwarmError('SW6012', `firewalld: ${line}`);
}

const ask = async (probe: Probe, argv: readonly string[]): Promise<string> => (await queryFirewall(probe, argv, [0])).stdout;
