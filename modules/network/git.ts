import { absolutePath, defineModule, type Probe, queryScript, readScript, runScript, SwarmError, splitWords, z } from '../../src/index.ts';

const COMMIT = /^[0-9a-f]{40}$/;

const args = z.strictObject({
  repo: z
    .string()
    .regex(/^(?!-)(?!ext::)\S+$/, 'must be the address of a repository')
    .describe('URL or path, as the host reaches it'),
  dest: absolutePath.describe('Folder on the host'),
  version: z
    .string()
    .regex(/^(?!-)[\w./+@-]+$/, 'must be a branch, tag or commit')
    .default('HEAD')
    .describe('Branch, tag or full commit'),
  depth: z.int().min(0).default(0).describe('How many commits of history; 0: all'),
  update: z.boolean().default(true).describe('false: clone it once, and leave it as it is then'),
  force: z.boolean().default(false).describe('Throw away changes that were made in dest'),
  recursive: z.boolean().default(false).describe('Get its submodules too'),
  bare: z.boolean().default(false).describe('Keep a bare repository with all branches and tags, without a work tree'),
  remote: z
    .string()
    .regex(/^(?!-)[\w.-]+$/, 'must be the name of a remote')
    .default('origin')
    .describe('Name of the remote in the clone'),
  refspec: z
    .string()
    .regex(/^(?!-)\S+$/, 'must be a refspec')
    .optional()
    .describe('What is fetched too: "refs/pull/*:refs/heads/pull/*"'),
  key_file: absolutePath.optional().describe('Private key for ssh, on the host'),
  ssh_opts: z.string().min(1).optional().describe('Options of ssh: "-o StrictHostKeyChecking=accept-new"'),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'must be three or four octal digits in quotes, "077"')
    .default('022')
    .describe('umask of what is written'),
});

export default defineModule({
  summary: 'Clone a Git repository on the host, and keep it at a branch, tag or commit',
  args,
  returns: z.strictObject({ before: z.string().exactOptional().describe('Commit that it was at'), after: z.string().describe('Commit') }),
  argHints: {
    submodules: 'Write: recursive: true',
    accept_hostkey: 'Write: ssh_opts: "-o StrictHostKeyChecking=accept-new"',
    accept_newhostkey: 'Write: ssh_opts: "-o StrictHostKeyChecking=accept-new"',
  },
  example: `git:
  repo: https://example.org/site.git
  dest: /srv/site
  version: main
`,
  async *run(probe, given) {
    const { repo, dest, version, update, force, bare } = given;
    const { head, isChanged, isAhead, isKilled, listed } = await readState(probe, given);
    const before = head === '-' ? {} : { before: head };
    const commit = COMMIT.test(version) ? version : listed;
    if (commit === '-')
      throw new SwarmError('SW6012', `${repo} has no branch or tag ${version}`, {
        hint: `To see those that it has, run on the host: git ls-remote ${repo}`,
      });
    if (head !== '-' && !update && !isKilled) return { ...before, after: head };
    if (isChanged && !force && !bare)
      throw new SwarmError('SW6012', `${dest} has changes that are not committed`, { hint: 'To throw them away write force: true.' });
    if (isAhead && !force && head !== commit)
      throw new SwarmError('SW6012', `${dest} has commits of its own`, {
        hint: `Push them from there, or see them: git -C ${dest} log --branches --not --remotes. To throw them away write force: true.`,
      });
    if (head !== commit || isChanged || isKilled) {
      yield {
        verb: head === '-' ? 'create' : 'update',
        subject: dest,
        before: head === '-' ? '' : `${head}\n`,
        after: `${commit}\n`,
        apply: async (remote) =>
          void (await runScript(remote, readScript(import.meta.dirname, 'git-apply.sh'), applyWords(given, commit), repo)),
      };
    }
    return { ...before, after: commit };
  },
});

type Args = z.output<typeof args>;

/** `isKilled`: a run before this one was killed in the midst of its change. `isChanged`: files of the work tree are; of a bare repository: some
 *  branch or tag is another one than in `repo`. `isAhead`: its branch has commits that were not fetched. */
async function readState(
  probe: Probe,
  given: Args,
): Promise<{
  readonly head: string;
  readonly isChanged: boolean;
  readonly isAhead: boolean;
  readonly isKilled: boolean;
  readonly listed: string;
}> {
  const { repo, dest, version, bare } = given;
  const words = [dest, repo, version, yesNo(bare), sshCommand(given)];
  const state = await queryScript(probe, readScript(import.meta.dirname, 'git-state.sh'), words, repo);
  const [head = '-', tree, listed = '-'] = state.split('\n');
  if (tree === 'other') {
    const [found, wanted] = bare ? ['a clone with a work tree', 'bare: false'] : ['a bare repository', 'bare: true'];
    throw new SwarmError('SW6012', `${dest} is ${found}`, { hint: `Write ${wanted}, or another dest.` });
  }
  return { head, isChanged: tree === 'changed', isAhead: tree === 'ahead', isKilled: tree === 'killed', listed };
}

const applyWords = (given: Args, commit: string): readonly string[] => {
  const { repo, dest, version, depth, force, recursive, bare, remote, refspec = '', umask } = given;
  return [
    dest,
    repo,
    version,
    commit,
    String(depth),
    yesNo(force),
    yesNo(recursive),
    yesNo(bare),
    remote,
    refspec,
    umask,
    sshCommand(given),
  ];
};

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** What git runs for ssh; empty: as the host has it. Git hands it to a shell. */
function sshCommand({ key_file, ssh_opts }: Args): string {
  const key = key_file === undefined ? [] : ['-i', key_file, '-oIdentitiesOnly=yes'];
  const words = [...key, ...(ssh_opts === undefined ? [] : splitWords(ssh_opts))];
  if (words.length === 0) return '';
  return ['ssh', '-oBatchMode=yes', ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}
