import { type Change, defineModule, type Json, z } from '../src/index.ts';
import { commandArgs, runAsChange } from '../src/sdk/command-change.ts';

export default defineModule({
  summary: "Text for the host's /bin/sh; values in it are written {{quote x}}",
  args: z.strictObject({
    cmd: z.string().min(1).describe('POSIX shell text; pipes, redirections and variables work'),
    ...commandArgs,
  }),
  shellArgs: ['cmd'],
  freeForm: 'cmd',
  example: `shell:
  cmd: df --output=avail /var/tmp | tail -n 1
`,
  async *run(probe, { cmd, ...rest }): AsyncGenerator<Change, Json, void> {
    return yield* runAsChange(probe, { argv: ['/bin/sh', '-c', cmd], subject: cmd, ...rest });
  },
});
