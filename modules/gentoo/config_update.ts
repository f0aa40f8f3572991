import {
  absolutePath,
  type Change,
  decodeSmallText,
  defineModule,
  queryScript,
  readFoundPaths,
  readScript,
  runScript,
  z,
} from '../../src/index.ts';

const decision = z.enum(['new', 'old', 'report']);

/** Prints the files that Portage wrote beside protected ones. */
const LIST = `find "$@" -name '._cfg[0-9][0-9][0-9][0-9]_*' -type f -print0 || :`;

export default defineModule({
  summary: 'Decide about new versions of protected configuration files, as etc-update does, by rules',
  args: z.strictObject({
    decisions: z
      .array(
        z.strictObject({
          path: absolutePath.describe('Path, with * for any text'),
          use: decision,
        }),
      )
      .default([])
      .describe('The first that matches counts; new: take the new version, old: keep the file, report: leave both'),
    default: decision.default('report').describe('For the files that no decision matches'),
    folders: z.array(absolutePath).min(1).default(['/etc']).describe('Folders to search'),
  }),
  returns: z.strictObject({
    pending: z.array(z.string()).describe('Files that wait for a decision'),
    replaced: z.array(z.string()),
    kept: z.array(z.string()),
  }),
  example: `config_update:
  decisions:
    - { path: /etc/portage/*, use: old }
    - { path: /etc/ssh/sshd_config, use: report }
  default: report
`,
  async *run(probe, { decisions, default: otherwise, folders }) {
    const result = { pending: [] as string[], replaced: [] as string[], kept: [] as string[] };
    const paths = readFoundPaths(probe, await queryScript(probe, LIST, folders, 'config_update'));
    for (const [file, versions] of groupVersions(paths)) {
      const newest = versions.at(-1) ?? '';
      const [before, after] = await Promise.all([probe.read(file), probe.read(newest)]);
      const isSame = before !== undefined && after !== undefined && Buffer.from(before).equals(after);
      const use = isSame ? 'old' : (decisions.find(({ path }) => matches(path, file))?.use ?? otherwise);
      ({ report: result.pending, new: result.replaced, old: result.kept })[use].push(file);
      if (use === 'report') continue;
      yield change(file, versions, use, before, after);
    }
    return result;
  },
});

/** The new versions of each file. They are sorted by name, so the last one is the newest. */
function groupVersions(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, string[]>();
  for (const path of paths.toSorted()) {
    const file = path.replace(/\/\._cfg\d{4}_([^/]+)$/, '/$1');
    versions.set(file, [...(versions.get(file) ?? []), path]);
  }
  return versions;
}

function change(
  file: string,
  versions: readonly string[],
  use: 'new' | 'old',
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
): Change {
  const texts = { before: before && decodeSmallText(before), after: after && decodeSmallText(use === 'new' ? after : (before ?? after)) };
  return {
    verb: use === 'new' ? 'update' : 'delete',
    subject: use === 'new' ? file : `new version of ${file}`,
    ...(texts.before === undefined ? {} : { before: texts.before }),
    ...(texts.after === undefined ? {} : { after: texts.after }),
    apply: async (remote) =>
      void (await runScript(
        remote,
        readScript(import.meta.dirname, 'config_update-apply.sh'),
        [file, versions.at(-1) ?? '', use, ...versions.slice(0, -1)],
        file,
      )),
  };
}

const matches = (pattern: string, path: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(path);
