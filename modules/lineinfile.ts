import { attributeArgs, contentChanges, decodeSmallText, defineModule, editLines, SwarmError, statFile, z } from '../src/index.ts';

const patternSchema = z.string().superRefine((text, context) => {
  try {
    new RegExp(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const args = z
  .strictObject({
    path: z.string().startsWith('/', 'must be an absolute path'),
    line: z
      .string()
      .regex(/^[^\n]*$/, 'one line')
      .optional(),
    regexp: patternSchema.optional().describe('The line to replace or remove; the last that matches'),
    state: z.enum(['present', 'absent']).default('present'),
    insertafter: patternSchema.optional().describe('A new line goes after the last line that matches; else to the end'),
    insertbefore: patternSchema.optional(),
    create: z.boolean().default(false).describe('Create the file if it does not exist'),
    ...attributeArgs,
  })
  .refine(({ state, line, regexp }) => (state === 'present' ? line !== undefined : line !== undefined || regexp !== undefined), {
    error: 'state: present needs line; state: absent needs line or regexp',
  });

export default defineModule({
  summary: 'Add, replace or remove a line of a text file',
  args,
  returns: z.strictObject({ path: z.string(), lines: z.int().describe('How many lines the file has') }),
  example: `lineinfile:
  path: /etc/portage/package.accept_keywords/swarm
  line: dev-lang/zig ~amd64
  regexp: "^dev-lang/zig "
  create: true
`,
  async *run(probe, { path, create, line, regexp, state, insertafter, insertbefore, ...wanted }) {
    const [bytes, file] = await Promise.all([probe.read(path), statFile(probe, path)]);
    if (bytes === undefined && !create) {
      if (state === 'absent') return { path, lines: 0 };
      throw new SwarmError('SW6012', `${path} does not exist`, { hint: 'To create it write create: true.' });
    }
    const before = bytes === undefined ? '' : decodeSmallText(bytes);
    if (before === undefined) throw new SwarmError('SW6012', `${path} is not a text file of at most 64 KiB`);
    const after = editLines(before, { line, regexp, state, insertafter, insertbefore });
    if (bytes === undefined && after === '') return { path, lines: 0 };
    yield* contentChanges(probe, { path: file.path, content: new TextEncoder().encode(after), ...wanted }, file.stat);
    return { path, lines: after.split('\n').length - 1 };
  },
});
