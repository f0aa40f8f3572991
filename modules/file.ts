import { type Change, defineModule, type FileMeta, type Json, type Remote, SwarmError, z } from '../src/index.ts';
import { type Attributes, adjust, attributes, must, setAttributes } from '../src/sdk/file-attributes.ts';
import { type Found, look } from '../src/sdk/path-stat.ts';

const args = z
  .strictObject({
    path: z.string().regex(/^\/./, 'an absolute path of the host, and not /').describe('Path on the host'),
    state: z.enum(['file', 'directory', 'absent', 'link', 'touch']).default('file').describe('file: it has to be there already'),
    src: z.string().min(1).optional().describe('What a link points to'),
    ...attributes,
  })
  .refine(({ state, src }) => (state === 'link') === (src !== undefined), { error: 'src goes with state: link, and only with it' });

export default defineModule({
  summary: 'A file, folder or link of the host: there or not, whose, with which permissions',
  args,
  example: `file:
  path: /var/cache/binpkgs
  state: directory
  mode: "0755"
`,
  async *run(probe, { path, state, src, ...wanted }): AsyncGenerator<Change, Json, void> {
    const [found] = (await look(probe, [{ path }])) as readonly [Found];
    switch (state) {
      case 'absent':
        yield* remove(path, found);
        break;
      case 'directory':
        yield* directory(path, found, wanted);
        break;
      case 'link':
        yield* link(path, found, src as string);
        break;
      case 'touch':
        yield touch(path, found, wanted);
        break;
      case 'file':
        if (found.type === 'absent') {
          throw new SwarmError('SW6012', `${path} is not there`, {
            hint: 'state: touch makes an empty file; copy makes one with content.',
          });
        }
        yield* adjust(path, found, wanted);
        break;
    }
    return { path, state };
  },
});

function* remove(path: string, found: Found): Generator<Change, void, void> {
  if (found.type === 'absent') return;
  yield {
    verb: 'delete',
    subject: path,
    before: `${found.type}\n`,
    apply: async (remote) => void (await must(remote, ['rm', '-rf', '--', path], path)),
  };
}

function* directory(path: string, found: Found, wanted: Attributes): Generator<Change, void, void> {
  if (found.type === 'directory') return yield* adjust(path, found, wanted);
  if (found.type !== 'absent') throw new SwarmError('SW6012', `${path} is a ${found.type} there, not a folder`);
  yield {
    verb: 'create',
    subject: `${path.replace(/\/$/, '')}/`,
    apply: (remote) => make(remote, ['mkdir', '-p', '--', path], path, wanted),
  };
}

function* link(path: string, found: Found, target: string): Generator<Change, void, void> {
  if (found.type === 'link' && found.target === target) return;
  if (found.type === 'directory')
    throw new SwarmError('SW6012', `${path} is a folder there, not a link`, { hint: 'Remove it first: state: absent.' });
  yield {
    verb: found.type === 'absent' ? 'create' : 'update',
    subject: path,
    ...(found.type === 'link' ? { before: `${found.target}\n` } : {}),
    after: `${target}\n`,
    apply: async (remote) => void (await must(remote, ['ln', '-sfn', '--', target, path], path)),
  };
}

/** Its time is set anew on each run, as touch(1) does. */
function touch(path: string, found: Found, wanted: Attributes): Change {
  return {
    verb: found.type === 'absent' ? 'create' : 'run',
    subject: path,
    apply: (remote) => make(remote, ['touch', '--', path], path, wanted),
  };
}

async function make(remote: Remote, argv: readonly [string, ...string[]], path: string, { mode, owner, group }: Attributes): Promise<void> {
  await must(remote, argv, path);
  const meta: FileMeta = { ...(mode ? { mode } : {}), ...(owner ? { owner } : {}), ...(group ? { group } : {}) };
  await setAttributes(remote, path, meta);
}
