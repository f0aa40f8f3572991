import { absolutePath, defineModule, editFile, editIni, ensureFolder, oneLine, requireProgram, z } from '../../src/index.ts';

const urls = z
  .union([oneLine, z.array(oneLine)])
  .transform((value) => [value].flat().join(' '))
  .optional();
const flag = z
  .union([z.boolean(), z.literal('yes'), z.literal('no')])
  .transform((value) => (value === true || value === 'yes' ? '1' : '0'))
  .optional();

const args = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w][\w.:-]*$/, 'must be the ID of a repository')
      .describe('ID of the repository'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the repository is there; absent: it is removed'),
    description: oneLine.optional().describe('Its name for people'),
    baseurl: urls.describe('URL, or a list of them'),
    mirrorlist: oneLine.optional().describe('URL of a list of mirrors'),
    metalink: oneLine.optional().describe('URL of a metalink'),
    gpgkey: urls.describe('URL of the key, or a list of them'),
    gpgcheck: flag.describe('Whether packages must be signed'),
    repo_gpgcheck: flag.describe('Whether the lists must be signed'),
    enabled: flag.describe('Whether it is used'),
    sslverify: flag.describe('Whether the certificate of the server is checked'),
    module_hotfixes: flag.describe('Whether its packages count more than those of module streams'),
    priority: z.int().min(1).max(99).optional().describe('A repository with a lower number wins'),
    exclude: oneLine.optional().describe('Packages that are not taken from it'),
    includepkgs: oneLine.optional().describe('The only packages that are taken from it'),
    file: z
      .string()
      .regex(/^[\w][\w.:-]*$/, 'must be the name of a file without a folder')
      .optional()
      .describe('Name of the file without .repo; left out: the ID'),
    reposdir: absolutePath.default('/etc/yum.repos.d').describe('Folder of the files'),
  })
  .refine(
    ({ state, ...wanted }) => state === 'absent' || [wanted.baseurl, wanted.mirrorlist, wanted.metalink].some((each) => each !== undefined),
    {
      error: 'state: present needs baseurl, mirrorlist or metalink',
    },
  );

export default defineModule({
  summary: 'Keep a repository of dnf or yum in /etc/yum.repos.d',
  args,
  returns: z.strictObject({ name: z.string(), path: z.string().describe('The file with the repository') }),
  example: `yum_repository:
  name: example
  description: Packages of example.org
  baseurl: https://example.org/el9
  gpgkey: https://example.org/RPM-GPG-KEY
  gpgcheck: true
`,
  async *run(probe, { name, state, file = name, reposdir, description, ...settings }) {
    await requireProgram(probe, ['dnf', 'yum', 'microdnf', 'zypper'], `repository ${name}`);
    const path = `${reposdir}/${file}.repo`;
    if (state === 'absent') {
      yield* editFile(probe, { path, missing: 'skip' }, (text) => editIni(text, { section: name, state }));
      return { name, path };
    }
    const rows = Object.entries({ name: description ?? name, ...settings }).filter(([, value]) => value !== undefined);
    yield* ensureFolder(probe, reposdir);
    yield* editFile(probe, { path, missing: 'create', mode: '0644' }, (text) =>
      rows.reduce((old, [option, value]) => editIni(old, { section: name, option, value: String(value), state }), text),
    );
    return { name, path };
  },
});
