import { commandArgs, commandReturns, defineModule, runAsChange, SwarmError, splitWords, z } from '../../src/index.ts';

const args = z
  .strictObject({
    argv: z
      .array(z.union([z.string(), z.number()]).transform(String))
      .min(1)
      .optional()
      .describe('Program and arguments, one item each'),
    cmd: z.string().min(1).optional().describe('The same as one text, which swarm splits into words'),
    ...commandArgs,
  })
  .refine(({ argv, cmd }) => (argv === undefined) !== (cmd === undefined), { error: 'give either argv or cmd' });

export default defineModule({
  summary: 'Run a program with its arguments, without a shell',
  args,
  returns: commandReturns,
  freeForm: 'cmd',
  example: `command:
  argv: [eselect, profile, set, default/linux/amd64/23.0]
  creates: /etc/portage/make.profile
`,
  async *run(probe, { argv, cmd, ...rest }) {
    const [program, ...words] = argv ?? splitWords(cmd ?? '');
    if (program === undefined) throw new SwarmError('SW1112', 'no program to run');
    return yield* runAsChange(probe, { argv: [program, ...words], subject: cmd ?? [program, ...words].join(' '), ...rest });
  },
});
