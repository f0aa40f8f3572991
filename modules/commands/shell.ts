import { commandArgs, commandReturns, defineModule, runAsChange, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Run shell text with /bin/sh; write values in it as {{quote x}}',
  args: z.strictObject({
    cmd: z.string().min(1).describe('POSIX shell text; pipes, redirections and variables work'),
    ...commandArgs,
  }),
  returns: commandReturns,
  shellArgs: ['cmd'],
  freeForm: 'cmd',
  example: `shell:
  cmd: df --output=avail /var/tmp | tail -n 1
`,
  async *run(probe, { cmd, ...rest }) {
    return yield* runAsChange(probe, { argv: ['/bin/sh', '-c', cmd], subject: cmd, ...rest });
  },
});
