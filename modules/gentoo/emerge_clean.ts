import { cleanDroneCommand, type DroneRemain, parseRemains } from '../../src/builds/clean-drone.ts';
import { makeProjectKey } from '../../src/builds/project-key.ts';
import { defineModule, type Probe, SwarmError, z } from '../../src/index.ts';

export default defineModule({
  summary: "Remove what swarm's builds left on a drone: work folders, unfetched packages of this project, old results of jobs",
  args: z.strictObject({}),
  returns: z.strictObject({
    removed: z
      .array(z.strictObject({ path: z.string(), size: z.int().describe('Bytes') }))
      .readonly()
      .describe('What was removed, or would be in a check'),
  }),
  example: `emerge_clean: {}
`,
  async *run(probe) {
    const remains = await listRemains(probe);
    if (remains.length > 0) {
      yield {
        verb: 'delete',
        subject: "what swarm's builds left",
        before: remains.map(({ path }) => `${path}\n`).join(''),
        apply: async (remote) => {
          const { exit, stderr } = await remote.exec(cleanDroneCommand('remove', makeProjectKey(probe.paths.project)));
          if (exit !== 0) throw new SwarmError('SW6011', 'what builds left cannot be removed', { detail: stderr });
        },
      };
    }
    return { removed: remains };
  },
});

async function listRemains(probe: Probe): Promise<readonly DroneRemain[]> {
  const { exit, stdout, stderr } = await probe.query(cleanDroneCommand('list', makeProjectKey(probe.paths.project)));
  if (exit !== 0) throw new SwarmError('SW6011', 'what builds left cannot be listed', { detail: stderr });
  return parseRemains(stdout);
}
