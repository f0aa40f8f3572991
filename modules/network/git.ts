import { absolutePath, defineModule, queryScript, readScript, runScript, SwarmError, z } from '../../src/index.ts';

const COMMIT = /^[0-9a-f]{40}$/;

export default defineModule({
  summary: 'Clone a Git repository on the host, and keep it at a branch, tag or commit',
  args: z.strictObject({
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
    submodules: z.boolean().default(false).describe('Get its submodules too'),
  }),
  returns: z.strictObject({ before: z.string().exactOptional().describe('Commit that it was at'), after: z.string().describe('Commit') }),
  example: `git:
  repo: https://example.org/overlay.git
  dest: /var/db/repos/overlay
  version: main
`,
  async *run(probe, { repo, dest, version, depth, update, force, submodules }) {
    const state = await queryScript(probe, readScript(import.meta.dirname, 'git-state.sh'), [dest, repo, version], repo);
    const [head = '-', tree, listed = '-'] = state.split('\n');
    const before = head === '-' ? {} : { before: head };
    const commit = COMMIT.test(version) ? version : listed;
    if (commit === '-') throw new SwarmError('SW6012', `${repo} has no branch or tag ${version}`);
    if (head !== '-' && !update) return { ...before, after: head };
    if (tree === 'changed' && !force)
      throw new SwarmError('SW6012', `${dest} has changes that are not committed`, { hint: 'To throw them away write force: true.' });
    if (head !== commit || tree === 'changed') {
      const words = [dest, repo, version, commit, String(depth), force ? 'yes' : 'no', submodules ? 'yes' : 'no'];
      yield {
        verb: head === '-' ? 'create' : 'update',
        subject: dest,
        before: head === '-' ? '' : `${head}\n`,
        after: `${commit}\n`,
        apply: async (remote) => void (await runScript(remote, readScript(import.meta.dirname, 'git-apply.sh'), words, repo)),
      };
    }
    return { ...before, after: commit };
  },
});
