import { type Change, defineModule, type Probe, queryScript, requireProgram, runOrThrow, z } from '../../src/index.ts';

const snapName = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be the name of a snap');

const args = z
  .strictObject({
    name: z
      .union([snapName, z.array(snapName).min(1)])
      .transform((name) => [name].flat())
      .describe('Snap, or a list of them'),
    state: z.enum(['present', 'absent', 'enabled', 'disabled']).default('present').describe('disabled: installed, and switched off'),
    channel: z
      .string()
      .regex(/^[\w.-]+(?:\/[\w.-]+){0,2}$/, 'must be a channel: latest/stable')
      .optional()
      .describe('Channel that it comes from: edge, 1.30/stable; left out: as it is'),
    classic: z.boolean().default(false).describe('Install it without confinement'),
    dangerous: z.boolean().default(false).describe('Install it without a signature'),
    options: z
      .array(z.string().regex(/^\w[\w.-]*=[^\0\n]*$/, 'must be option=value'))
      .default([])
      .describe('Settings of the snap: [refresh.retain=2]'),
  })
  .refine(({ options, name }) => options.length === 0 || name.length === 1, { error: 'options are for one snap' });

type Args = z.output<typeof args>;

export default defineModule({
  summary: 'Install, switch on or off, or remove snaps',
  args,
  returns: z.strictObject({ changed_packages: z.array(z.string()).describe('The snaps that changed; in a check: that would') }),
  freeForm: 'name',
  example: `snap:
  name: [lxd]
  channel: 5.21/stable
`,
  async *run(probe, given) {
    const { name, state } = given;
    await requireProgram(probe, ['snap'], 'snap');
    const installed = await listSnaps(probe);
    const changed = new Set<string>();
    for (const snap of name)
      for (const change of snapChanges(snap, installed.get(snap), given)) {
        changed.add(snap);
        yield change;
      }
    const [first = ''] = name;
    if (state !== 'absent')
      for await (const change of optionChanges(probe, first, installed.has(first), given.options)) {
        changed.add(first);
        yield change;
      }
    return { changed_packages: [...changed] };
  },
});

interface Snap {
  readonly revision: string;
  readonly channel: string;
  readonly disabled: boolean;
}

/** Columns: name, version, revision, channel, publisher, notes. Without a snap the command may fail. */
async function listSnaps(probe: Probe): Promise<ReadonlyMap<string, Snap>> {
  const script = `said=$(LC_ALL=C snap list --color=never --unicode=never 2>&1) && { printf '%s\\n' "$said"; exit; }
case $said in *[Nn]"o snaps"* | *"no matching snaps"*) ;; *) printf '%s\\n' "$said" >&2; exit 1 ;; esac`;
  const text = await queryScript(probe, script, [], 'snap list');
  const rows = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  return new Map(
    rows.flatMap(([name = '', , revision = '', channel = '', , notes = '']) =>
      name === '' ? [] : [[name, { revision, channel, disabled: notes.split(',').includes('disabled') }] as const],
    ),
  );
}

/** `edge` is latest/edge, `1.30` is 1.30/stable. */
function wholeChannel(channel: string): string {
  const risks = ['stable', 'candidate', 'beta', 'edge'];
  if (risks.includes(channel.split('/')[0] ?? '')) return `latest/${channel}`;
  return channel.includes('/') ? channel : `${channel}/stable`;
}

function* snapChanges(snap: string, found: Snap | undefined, { state, channel, classic, dangerous }: Args): Generator<Change, void, void> {
  const run = (verb: Change['verb'], subject: string, words: readonly [string, ...string[]]): Change => ({
    verb,
    subject,
    apply: async (remote) => void (await runOrThrow(remote, ['snap', ...words], `snap ${snap}`)),
  });
  if (state === 'absent') {
    if (found !== undefined) yield run('delete', `snap ${snap}`, ['remove', '--', snap]);
    return;
  }
  const from = channel === undefined ? [] : [`--channel=${wholeChannel(channel)}`];
  if (found === undefined) {
    const words = [...from, ...(classic ? ['--classic'] : []), ...(dangerous ? ['--dangerous'] : [])];
    yield run('create', `snap ${snap}`, ['install', ...words, '--', snap]);
  } else if (channel !== undefined && wholeChannel(channel) !== wholeChannel(found.channel))
    yield run('update', `channel of snap ${snap}`, ['refresh', ...from, ...(classic ? ['--classic'] : []), '--', snap]);
  const isDisabled = found?.disabled ?? false;
  if (state === 'disabled' && !isDisabled) yield run('update', `snap ${snap} off`, ['disable', '--', snap]);
  if (state !== 'disabled' && isDisabled) yield run('update', `snap ${snap} on`, ['enable', '--', snap]);
}

async function* optionChanges(
  probe: Probe,
  snap: string,
  isInstalled: boolean,
  options: readonly string[],
): AsyncGenerator<Change, void, void> {
  if (options.length === 0) return;
  const script = 'snap=$1; shift; for each; do printf "%s\n" "$(snap get "$snap" "$each" 2>/dev/null | head -n 1)"; done';
  const keys = options.map((option) => option.slice(0, option.indexOf('=')));
  const text = isInstalled ? await queryScript(probe, script, [snap, ...keys], `settings of snap ${snap}`) : '';
  const lines = text.split('\n');
  const wrong = options.filter((option, at) => lines[at] !== option.slice(option.indexOf('=') + 1));
  if (wrong.length === 0) return;
  yield {
    verb: 'update',
    subject: `settings of snap ${snap}`,
    after: wrong.map((option) => `${option}\n`).join(''),
    apply: async (remote) => void (await runOrThrow(remote, ['snap', 'set', snap, ...wrong], `snap ${snap}`)),
  };
}
