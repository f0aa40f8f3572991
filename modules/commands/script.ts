import { commandArgs, commandReturns, defineModule, findSource, readSource, runAsChange, withRunFile, z } from '../../src/index.ts';

const { stdin: _, ...conditions } = commandArgs;

/** Runs the program that stdin has, from a file that only its user can read. */
const RUN = `file=$(new_temporary $$) || exit
trap 'rm -f -- "$file"' EXIT
whole_input "$file" "$1" && chmod 700 "$file" || exit
interpreter=$2
shift 2
if [ -n "$interpreter" ]; then "$interpreter" "$file" "$@" </dev/null; else run_file "$file" "$@" </dev/null; fi`;

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
    const argv = ['/bin/sh', '-c', withRunFile(RUN), 'sh', String(program.byteLength), executable ?? '', ...args] as const;
    const result = yield* runAsChange(probe, { argv, subject: [src, ...args].join(' '), stdin: program, ...rest });
    return { ...result, cmd: [src, ...args] };
  },
});
