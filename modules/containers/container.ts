import {
  type Change,
  type ContainerSpec,
  containerSpecArgs,
  containerWords,
  defineModule,
  describeContainer,
  engineArg,
  engineName,
  environmentFile,
  type FoundContainer,
  hashContainer,
  laterNetworks,
  type Probe,
  parseContainer,
  parseHostJson,
  plainId,
  queryEngine,
  type Remote,
  readScript,
  runOrThrow,
  runScript,
  SwarmError,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    name: engineName.describe('Name of the container'),
    state: z
      .enum(['started', 'present', 'stopped', 'absent'])
      .default('started')
      .describe('started: it is there and runs; present: it is there; stopped: it is there and does not run; absent: it is removed'),
    ...containerSpecArgs,
    engine: engineArg,
    pull: z
      .boolean()
      .default(false)
      .describe(
        'Load the newest image of this name on each run, and make the container anew where it is another one. A check does not load it',
      ),
    recreate: z.boolean().default(false).describe('Make it anew on each run'),
    restart: z.boolean().default(false).describe('Where it runs and stays, start it anew'),
  })
  .refine(({ state, image }) => state === 'absent' || image !== undefined, { error: 'needs image' });

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Run a container with docker or podman; it is made anew where something else is asked for',
  args,
  returns: z.strictObject({
    name: z.string(),
    state: z.enum(['started', 'present', 'stopped', 'absent']),
    image: z.string().exactOptional(),
  }),
  argHints: { published_ports: 'Rename it to ports.', mounts: 'Write them as volumes: /srv/web:/usr/share/nginx/html:ro' },
  example: `container:
  name: web
  image: nginx:1.27
  ports: ["8080:80"]
  volumes: ["/srv/web:/usr/share/nginx/html:ro"]
  restart_policy: unless-stopped
`,
  async *run(probe, wanted) {
    const { name, state, engine: _, pull, recreate, restart, ...spec } = wanted;
    const { engine, found, imageId } = await readState(probe, wanted);
    const command = (verb: Change['verb'], what: string, ...words: readonly string[]): Change => ({
      verb,
      subject: `container ${name}`,
      ...(verb === 'delete' ? { before: found?.description ?? '', after: '' } : { before: '', after: `${what}\n` }),
      apply: async (remote) => void (await runOrThrow(remote, [engine, ...words, name], `container ${name}`)),
    });
    if (state === 'absent') {
      if (found !== undefined) yield command('delete', '', 'rm', '--force');
      return { name, state };
    }
    const result = { name, state, ...(spec.image === undefined ? {} : { image: spec.image }) };
    const isOld = found === undefined || recreate || found.asked !== hashContainer(spec) || (imageId !== '' && found.image !== imageId);
    if (isOld || found.restartPolicy !== spec.restart_policy) {
      yield {
        verb: found === undefined ? 'create' : 'update',
        subject: `container ${name}`,
        before: found?.description ?? '',
        after: describeChange(spec, found),
        apply: (remote) =>
          makeContainer(remote, engine, name, spec, state === 'started' || (state === 'present' && found?.isRunning === true)),
      };
      return result;
    }
    if (probe.check && pull) yield { ...command('update', `image ${spec.image}`), unknownInCheck: 'outcome' };
    if (state === 'started' && !found.isRunning) yield command('update', 'runs', 'start');
    else if (state === 'stopped' && found.isRunning) yield command('update', 'does not run', 'stop');
    else if (restart && found.isRunning) yield command('run', 'starts anew', 'restart');
    return result;
  },
});

/** Where only a value of the environment is another one, which is not shown, the two texts would be the same. */
function describeChange(spec: ContainerSpec, found: FoundContainer | undefined): string {
  const text = describeContainer(spec);
  if (text !== found?.description) return text;
  return `${text}(${found.asked === hashContainer(spec) ? 'made anew' : 'with other values of env'})\n`;
}

interface State {
  readonly engine: string;
  readonly found: FoundContainer | undefined;
  readonly imageId: string;
}

async function readState(probe: Probe, { name, image = '', engine, pull, state }: Wanted): Promise<State> {
  const words = [engine ?? '', name, image, pull && state !== 'absent' && !probe.check ? 'pull' : ''];
  const text = await queryEngine(probe, readScript(import.meta.dirname, 'container-state.sh'), words, `container ${name}`);
  const [program = '', id = '', there, ...lines] = text.split('\n');
  if (there !== 'there') return { engine: program, found: undefined, imageId: plainId(id) };
  // podman may warn on standard output first
  const json = lines
    .slice(lines.findIndex((line) => line.startsWith('[')))
    .join('\n')
    .trim();
  const found = parseContainer([parseHostJson(json, `${program} container inspect ${name}`, `container ${name}`)].flat()[0]);
  if (found === undefined)
    throw new SwarmError('SW6012', `${program} inspect says nothing of the container ${name}`, { detail: json.slice(0, 500) });
  return { engine: program, found, imageId: plainId(id) };
}

/** The old container runs until the new one is made: one that cannot be made changes nothing. */
async function makeContainer(remote: Remote, engine: string, name: string, spec: ContainerSpec, start: boolean): Promise<void> {
  const subject = `container ${name}`;
  const words = [engine, name, ...containerWords(spec)];
  await runScript(remote, readScript(import.meta.dirname, 'container-make.sh'), words, subject, environmentFile(spec));
  for (const { name: network, aliases } of laterNetworks(spec)) {
    const options = aliases.map((each) => `--alias=${each}`);
    await runOrThrow(remote, [engine, 'network', 'connect', ...options, network, `${name}-swarm-new`], subject);
  }
  await runScript(remote, readScript(import.meta.dirname, 'container-swap.sh'), [engine, name, start ? 'start' : ''], subject);
}
