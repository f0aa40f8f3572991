import { createHash } from 'node:crypto';
import {
  absolutePath,
  defineModule,
  ensureFileContent,
  ensureFolder,
  loadAptLists,
  loadNewAptLists,
  queryScript,
  readScript,
  requireProgram,
  runOrThrow,
  z,
} from '../../src/index.ts';

const args = z.strictObject({
  repo: z
    .string()
    .regex(/^deb(?:-src)?\s+(?:\[[^\]\0\n]*\]\s+)?[^\s\0]+\s+[^\s\0]+[^\0\n]*$/, 'must be a line of sources.list: deb URL SUITE COMPONENT')
    .transform((line) => line.trim().replace(/\s+/g, ' '))
    .describe('The line: deb https://example.org/debian bookworm main'),
  state: z.enum(['present', 'absent']).default('present').describe('present: the line is there; absent: it is removed'),
  filename: z
    .string()
    .regex(/^[\w][\w.+-]*$/, 'must be the name of a file without a folder')
    .transform((name) => name.replace(/\.list$/, ''))
    .optional()
    .describe('Name of the file in /etc/apt/sources.list.d; left out: made of the URL'),
  update_cache: z.boolean().default(true).describe('Load the lists of packages after a change'),
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/, 'must be three or four octal digits in quotes')
    .default('0644')
    .describe('Mode of the file'),
  folder: absolutePath.default('/etc/apt').describe('Folder of the configuration of apt'),
});

export default defineModule({
  summary: 'Keep a repository in the sources of apt',
  args,
  returns: z.strictObject({ repo: z.string(), path: z.string().describe('The file with the line') }),
  freeForm: 'repo',
  example: `apt_repository:
  repo: deb https://example.org/debian bookworm main
  filename: example
`,
  async *run(probe, { repo, state, filename, update_cache, mode, folder }) {
    await requireProgram(probe, ['apt-get'], 'sources of apt');
    const own = `${folder}/sources.list.d/${filename ?? nameOf(repo)}.list`;
    const listed = await queryScript(
      probe,
      readScript(import.meta.dirname, 'apt_repository-find.sh'),
      [folder, repo, own],
      'sources of apt',
    );
    const [content = '', ...paths] = listed.split('\0');
    const found = paths.filter((path) => path !== '');
    if (state === 'present' && found.length === 0) {
      const before = content === '' || content.endsWith('\n') ? content : `${content}\n`;
      const text = `${before}${repo}\n`;
      yield* ensureFolder(probe, `${folder}/sources.list.d`);
      if (update_cache) yield loadNewAptLists([uriOf(repo)], { path: own, text }, []);
      yield* ensureFileContent(probe, { path: own, content: text, mode });
    }
    for (const path of state === 'absent' ? found : []) {
      yield {
        verb: 'delete',
        subject: `${repo} in ${path}`,
        before: `${repo}\n`,
        after: '',
        apply: async (remote) =>
          void (await runOrThrow(
            remote,
            ['sh', '-c', readScript(import.meta.dirname, 'apt_repository-remove.sh'), 'sh', path, repo],
            path,
          )),
      };
    }
    if (state === 'absent' && found.length > 0 && update_cache) yield loadAptLists([], []);
    return { repo, path: found[0] ?? own };
  },
});

const uriOf = (repo: string): string => repo.replace(/^deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?/, '').split(' ')[0] ?? '';

/** A name that Ansible would give too: the URL and the suite, with _ for what a name of a file does not have. */
function nameOf(repo: string): string {
  const words = repo
    .replace(/^deb(?:-src)?\s+/, '')
    .replace(/\[[^\]]*\]\s*/, '')
    .split(' ');
  const name = words
    .join('_')
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[^a-z0-9]+/gi, '_')
    .replace(/^_|_$/g, '');
  return name.length < 100 ? name : `${name.slice(0, 80)}_${createHash('sha256').update(repo).digest('hex').slice(0, 8)}`;
}
