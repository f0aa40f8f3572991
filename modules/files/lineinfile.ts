import { defineModule, editFile, editLines, patternSchema, writeArgs, z } from '../../src/index.ts';

const args = z
  .strictObject({
    path: z.string().startsWith('/', 'must be an absolute path').describe('The file'),
    line: z
      .string()
      .regex(/^[^\n]*$/, 'one line')
      .optional()
      .describe('The line'),
    regexp: patternSchema.optional().describe('The line to replace or remove; the last that matches'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the line is there; absent: it is removed'),
    insertafter: patternSchema.optional().describe('A new line goes after the last line that matches; else to the end'),
    insertbefore: patternSchema.optional().describe('The new line goes before the last match of this pattern, or to BOF'),
    create: z.boolean().default(false).describe('Create the file if it does not exist'),
    ...writeArgs,
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
    const missing = create ? 'create' : state === 'absent' ? 'skip' : 'fail';
    const edit = { line, regexp, state, insertafter, insertbefore };
    const after = yield* editFile(probe, { path, missing, ...wanted }, (text) => editLines(text, edit));
    return { path, lines: (after ?? '').split('\n').length - 1 };
  },
});
