import { absolutePath, commandReturns, defineModule, runAsChange, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Run shell text as it is, for a host on which little is installed; swarm needs only its /bin/sh',
  args: z.strictObject({
    cmd: z.string().min(1).describe('Shell text'),
    executable: absolutePath.default('/bin/sh').describe('The shell'),
  }),
  returns: commandReturns,
  shellArgs: ['cmd'],
  freeForm: 'cmd',
  example: `raw:
  cmd: test -x /usr/bin/git || emerge --oneshot dev-vcs/git
`,
  async *run(probe, { cmd, executable }) {
    return yield* runAsChange(probe, { argv: [executable, '-c', cmd], subject: cmd });
  },
});
