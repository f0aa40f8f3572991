import { absolutePath, defineModule, requireProgram, runOrThrow, z } from '../../src/index.ts';

const target = z.string().regex(/^[^-=\0][^=\0]*$/, 'must be the name of a target');
const value = z.union([z.string().regex(/^[^\0]*$/, 'must not contain NUL'), z.number(), z.null().transform(() => '')]).transform(String);

export default defineModule({
  summary: 'Make targets of a Makefile, where they are not up to date',
  args: z.strictObject({
    chdir: absolutePath.describe('Folder of the Makefile'),
    target: z
      .union([target, z.array(target)])
      .optional()
      .describe('Target, or a list of them; left out: the first of the Makefile'),
    params: z
      .record(z.string().regex(/^[A-Za-z_][\w.-]*$/, 'must be the name of a variable'), value)
      .default({})
      .describe('Variables for make: { PREFIX: /usr }'),
    file: z
      .string()
      .regex(/^[^\0]+$/, 'must be a path')
      .optional()
      .describe('Another Makefile'),
    jobs: z.int().min(1).optional().describe('How many commands run at a time'),
    make: z
      .string()
      .regex(/^[^-\0][^\0]*$/, 'must be a program')
      .default('make')
      .describe('Program: gmake'),
  }),
  returns: z.strictObject({
    command: z.array(z.string()).describe('The program and its arguments'),
    stdout: z.string().describe('What make printed; empty where all is up to date'),
  }),
  example: `make:
  chdir: /usr/src/own
  target: install
  params: { PREFIX: /usr }
`,
  async *run(probe, { chdir, target: targets = [], params, file, jobs, make }) {
    const options = [...(file === undefined ? [] : ['-f', file]), ...(jobs === undefined ? [] : ['-j', String(jobs)])];
    const words = [...options, ...[targets].flat(), ...Object.entries(params).map(([name, text]) => `${name}=${text}`)];
    const command: [string, ...string[]] = [make, '-C', chdir, ...words];
    const subject = `make ${[targets].flat().join(' ')}`.trim();
    await requireProgram(probe, [make], subject);
    let stdout = '';
    if (probe.check || (await probe.query({ argv: [make, '-C', chdir, '-q', ...words] })).exit !== 0)
      yield {
        verb: 'run',
        subject,
        unknownInCheck: 'outcome', // make -q runs $(shell ...) and lines with + or $(MAKE): a check does not ask it
        apply: async (remote) => {
          stdout = await runOrThrow(remote, command, subject);
        },
      };
    return { command, stdout };
  },
});
