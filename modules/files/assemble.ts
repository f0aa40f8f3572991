import { join } from 'node:path/posix';
import {
  absolutePath,
  defineModule,
  ensureFileContent,
  findSource,
  type Probe,
  patternSchema,
  queryScript,
  readScript,
  readSourceTree,
  SwarmError,
  writeArgs,
  z,
} from '../../src/index.ts';

export default defineModule({
  summary: 'Make a file of all files in a folder, in the order of their names',
  args: z.strictObject({
    src: z.string().min(1).describe('Folder of the host; with remote_src: false on this machine, below files/ of the project'),
    dest: absolutePath.describe('The file on the host'),
    remote_src: z.boolean().default(true).describe('false: src is a folder of this machine'),
    regexp: patternSchema.optional().describe('Only files whose names match this pattern: "^[0-9]+-"'),
    delimiter: z.string().optional().describe('A line between two files'),
    ignore_hidden: z.boolean().default(false).describe('Leave out files whose names begin with a dot'),
    ...writeArgs,
  }),
  returns: z.strictObject({
    path: z.string().describe('Path on the host'),
    size: z.int().describe('Bytes of the content'),
    sha256: z.string().describe('SHA-256 of the content'),
    files: z.array(z.string()).describe('The files that it is made of'),
  }),
  example: `assemble:
  src: /etc/app/conf.d
  dest: /etc/app/app.conf
  mode: "0644"
`,
  async *run(probe, { src, dest, remote_src, regexp, delimiter, ignore_hidden, ...wanted }) {
    const pattern = regexp === undefined ? undefined : new RegExp(regexp);
    const found = remote_src ? await readHostParts(probe, src) : await readOwnParts(probe, src);
    const parts = found
      .filter(({ name }) => (pattern?.test(name) ?? true) && !(ignore_hidden && name.startsWith('.')))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const result = yield* ensureFileContent(probe, { path: dest, content: joinParts(parts, delimiter), ...wanted });
    return { ...result, files: parts.map(({ name }) => name) };
  },
});

interface Part {
  readonly name: string;
  readonly content: Uint8Array;
}

async function readHostParts(probe: Probe, folder: string): Promise<readonly Part[]> {
  if (!folder.startsWith('/'))
    throw new SwarmError('SW6014', `${folder} is not an absolute path`, { hint: 'For a folder of this machine write remote_src: false.' });
  const text = await queryScript(probe, '[ -d "$1" ] || { echo absent; exit; }; echo present', [folder], folder);
  if (text.trim() === 'absent')
    throw new SwarmError('SW6012', `${folder} is not a folder of the host`, { lacks: { kind: 'path', name: folder } });
  const rows = (await queryScript(probe, readScript(import.meta.dirname, 'assemble-read.sh'), [folder], folder))
    .split('\n')
    .filter((line) => line !== '');
  return rows.map((line) => {
    const [name = '', content = ''] = line.split('\t');
    return { name: Buffer.from(name, 'base64').toString(), content: Buffer.from(content, 'base64') };
  });
}

async function readOwnParts(probe: Probe, src: string): Promise<readonly Part[]> {
  const { path, directory } = await findSource(src, probe.paths.files);
  if (!directory) throw new SwarmError('SW6012', `${path} is not a folder`, { hint: 'For a single file use the copy module.' });
  const { files } = await readSourceTree(join(path));
  return files.filter((file) => !file.path.includes('/')).map((file) => ({ name: file.path, content: file.content }));
}

/** Each part begins on a line of its own. */
function joinParts(parts: readonly Part[], delimiter: string | undefined): Uint8Array {
  const line = delimiter === undefined ? '' : delimiter.replace(/\n?$/, '\n');
  const chunks = parts.flatMap(({ content }, at) => {
    const before = parts[at - 1]?.content;
    const end = before === undefined || before.at(-1) === 0x0a ? '' : '\n';
    return [Buffer.from(before === undefined ? '' : `${end}${line}`), content];
  });
  return Buffer.concat(chunks);
}
