import {
  commandArgs,
  commandReturns,
  defineModule,
  findSource,
  readScript,
  readSource,
  runAsChange,
  withRunFile,
  z,
} from '../../src/index.ts';

const { stdin: _, ...conditions } = commandArgs;

export default defineModule({
  summary: 'Run a script of this machine on the host',
  args: z.strictObject({
    src: z.string().min(1).describe('Script on this machine: absolute, or below files/ of the project'),
    args: z
      .array(z.union([z.string(), z.number()]).transform(String))
      .default([])
      .describe('Its arguments, one item each'),
    executable: z.string().min(1).optional().describe('Program that runs it: /usr/bin/perl; left out: its first line decides'),
    ...conditions,
  }),
  argHints: { cmd: 'Write src: with the name of the script, and args: with its arguments.' },
  returns: commandReturns,
  freeForm: 'src',
  example: `script:
  src: clean-old-logs.sh
  args: [/var/log/portage, 30]
`,
  async *run(probe, { src, args, executable, ...rest }) {
    const program = await readSource((await findSource(src, probe.paths.files)).path);
    const run = withRunFile(readScript(import.meta.dirname, 'script-run.sh'));
    const argv = ['/bin/sh', '-c', run, 'sh', String(program.byteLength), executable ?? '', ...args] as const;
    const result = yield* runAsChange(probe, { argv, subject: [src, ...args].join(' '), stdin: program, ...rest });
    return { ...result, cmd: [src, ...args] };
  },
});
