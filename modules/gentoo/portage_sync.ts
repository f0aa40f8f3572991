import { defineModule, queryScript, readScript, runAsChange, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Sync a repository of ebuilds with emaint, and report its revision',
  args: z.strictObject({
    name: z
      .string()
      .regex(/^\w[\w-]*$/, 'must be the name of a repository')
      .default('gentoo')
      .describe('The repository'),
    max_age: z.number().min(0).default(0).describe('Hours: skip where the last sync is not older'),
  }),
  returns: z.strictObject({
    before: z.string().describe('Revision before: a commit of git, or the time of rsync'),
    after: z.string().describe('Revision after; in a check the same as before'),
  }),
  example: `portage_sync:
  name: gentoo
  max_age: 12
`,
  async *run(probe, { name, max_age }) {
    const script = readScript(import.meta.dirname, 'portage_sync-revision.sh');
    const read = async (): Promise<readonly string[]> => (await queryScript(probe, script, [name], `repository ${name}`)).trim().split(' ');
    const [before = '-', age = '-'] = await read();
    if (age !== '-' && Number(age) < max_age * 3600) return { before, after: before };
    yield* runAsChange(probe, { argv: ['emaint', 'sync', '--repo', name], subject: `sync of ${name}` });
    const [after = '-'] = probe.check ? [before] : await read();
    return { before, after };
  },
});
