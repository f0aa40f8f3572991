import { defineModule, findInitSystem, queryScript, readScript, z } from '../../src/index.ts';

export default defineModule({
  summary: 'List the services of the host: which run, and which start at boot',
  args: z.strictObject({}),
  returns: z.strictObject({
    services: z
      .record(
        z.string(),
        z.strictObject({
          name: z.string(),
          state: z.enum(['running', 'stopped']),
          status: z.string().describe('enabled, disabled, static, masked or unknown: what happens at boot'),
          source: z.enum(['systemd', 'openrc']),
        }),
      )
      .describe('By name: sshd.service with systemd, sshd with OpenRC'),
  }),
  example: `service_facts: {}
`,
  async *run(probe) {
    const source = findInitSystem(probe, 'Only these two list services. To see what runs: command: ps');
    const text = await queryScript(probe, readScript(import.meta.dirname, 'service_facts.sh'), [source], 'service_facts');
    const rows = text
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([name]) => name !== undefined && name !== '');
    const services = rows.map(([name = '', state, status = 'unknown']) => {
      const isRunning = state === 'running';
      return [name, { name, state: isRunning ? ('running' as const) : ('stopped' as const), status, source }] as const;
    });
    return { services: Object.fromEntries(services) };
  },
});
