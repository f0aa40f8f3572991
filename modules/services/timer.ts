import {
  absolutePath,
  type Change,
  contentChanges,
  defineModule,
  findInitSystem,
  oneLine,
  type Probe,
  readServiceState,
  runScript,
  SwarmError,
  splitWords,
  statPaths,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]*$/, 'must be a name, without .timer')
      .describe('Name of the timer'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the timer is there; absent: it is removed'),
    command: oneLine
      .regex(/\S/, 'must be a program')
      .optional()
      .describe('Program with its absolute path, and arguments; no shell reads it'),
    on_calendar: oneLine.optional().describe('When, as systemd.time(7) has it: daily, Mon 03:00'),
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_.-]*$/i)
      .optional()
      .describe('Who runs it; default: root'),
    description: oneLine.optional().describe('What systemd shows of it'),
    persistent: z.boolean().default(true).describe('Run a missed time when the machine is up again'),
    random_delay: z.string().regex(/^\w+$/).optional().describe('Spread the start over this time: 15min'),
    unit_folder: absolutePath.default('/etc/systemd/system').describe('Folder of the units'),
  })
  .refine(({ state, command, on_calendar }) => state === 'absent' || (command !== undefined && on_calendar !== undefined), {
    error: 'state: present needs command and on_calendar',
  });

type Wanted = z.output<typeof args>;

const START = 'systemctl daemon-reload && systemctl enable -- "$1" && systemctl restart -- "$1"';
const STOP = 'systemctl disable --now -- "$1" 2>/dev/null; rm -f -- "$2/$1" "$2/$3.service" && systemctl daemon-reload';

export default defineModule({
  summary: 'Run a command at times of the calendar, with a timer of systemd',
  args,
  returns: z.strictObject({ name: z.string(), state: z.enum(['present', 'absent']) }),
  example: `timer:
  name: portage-sync
  command: /usr/bin/emaint --auto sync
  on_calendar: "*-*-* 03:30"
`,
  async *run(probe, wanted) {
    const { name, state, unit_folder } = wanted;
    const hint = 'Use the cron module.';
    if (findInitSystem(probe, hint) !== 'systemd')
      throw new SwarmError('SW6011', `${probe.host.name} does not run systemd, so it has no timers`, { hint });
    const paths = ['service', 'timer'].map((kind) => `${unit_folder}/${name}.${kind}`);
    const found = await statPaths(
      probe,
      paths.map((path) => ({ path, size: 'any' as const })),
    );
    const unit = `${name}.timer`;
    const apply =
      (script: string): Change['apply'] =>
      async (remote) =>
        void (await runScript(remote, script, [unit, unit_folder, name], unit));
    if (state === 'absent') {
      if (found.some(({ type }) => type !== 'absent')) yield { verb: 'delete', subject: unit, apply: apply(STOP) };
      return { name, state };
    }
    const changes: Change[] = [];
    for await (const change of unitChanges(probe, wanted, paths, found)) changes.push(change);
    yield* changes;
    const { running, enabled } = await readServiceState(probe, 'systemd', unit, 'default');
    if (changes.length > 0 || !running || !enabled)
      yield { verb: 'update', subject: `${unit} at boot and now`, after: 'enabled, started\n', apply: apply(START) };
    return { name, state };
  },
});

async function* unitChanges(
  probe: Probe,
  wanted: Wanted,
  paths: readonly string[],
  found: Awaited<ReturnType<typeof statPaths>>,
): AsyncGenerator<Change, void, void> {
  for (const [at, content] of [serviceUnit(wanted), timerUnit(wanted)].entries()) {
    const stat = found[at];
    if (stat !== undefined) yield* contentChanges(probe, { path: paths[at] ?? '', content, mode: '0644' }, stat);
  }
}

/** systemd reads % and $ in a command line. */
const unitWord = (word: string): string =>
  `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

const serviceUnit = ({ name, description, command, user }: Wanted): string => `# managed by swarm
[Unit]
Description=${description ?? name}

[Service]
Type=oneshot
ExecStart=${splitWords(command ?? '')
  .map(unitWord)
  .join(' ')}
${user === undefined ? '' : `User=${user}\n`}`;

const timerUnit = ({ name, description, on_calendar, persistent, random_delay }: Wanted): string => `# managed by swarm
[Unit]
Description=${description ?? name}

[Timer]
OnCalendar=${on_calendar}
Persistent=${persistent}
${random_delay === undefined ? '' : `RandomizedDelaySec=${random_delay}\n`}
[Install]
WantedBy=timers.target
`;
