import {
  absolutePath,
  defineModule,
  editBlock,
  editFile,
  ensureFileContent,
  keepLineEnds,
  patternSchema,
  writeArgs,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    path: absolutePath.describe('Text file on the host'),
    block: z.string().default('').describe('The lines; an empty text removes the block'),
    marker: z
      .string()
      .includes('{mark}', { error: 'must have {mark}, which becomes BEGIN and END' })
      .regex(/^[^\n]*$/, 'must be one line')
      .default('# {mark} MANAGED BY SWARM')
      .describe('The line before and after the block'),
    marker_begin: z
      .string()
      .regex(/^[^\n]*$/, 'must be one line')
      .default('BEGIN')
      .describe('What {mark} becomes before the block'),
    marker_end: z
      .string()
      .regex(/^[^\n]*$/, 'must be one line')
      .default('END')
      .describe('What {mark} becomes after the block'),
    prepend_newline: z.boolean().default(false).describe('Put an empty line before the block, unless the file begins with it'),
    append_newline: z.boolean().default(false).describe('Put an empty line after the block, unless the file ends with it'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the block is there; absent: it is removed'),
    insertafter: patternSchema.optional().describe('A new block goes after the last line that matches; else to the end'),
    insertbefore: patternSchema.optional().describe('A new block goes before the last line that matches; BOF: to the beginning'),
    create: z.boolean().default(false).describe('Create the file if it does not exist'),
    ...writeArgs,
  })
  .refine(({ block, ...markers }) => !block.split('\n').some((line) => Object.values(toMarkers(markers)).includes(line)), {
    error: 'block must not have its own markers in it',
  })
  .refine(({ marker_begin, marker_end }) => marker_begin !== marker_end, { error: 'marker_begin and marker_end must differ' });

interface Markers {
  readonly marker: string;
  readonly marker_begin: string;
  readonly marker_end: string;
}

const toMarkers = ({ marker, marker_begin, marker_end }: Markers) => ({
  begin: marker.replaceAll('{mark}', () => marker_begin),
  end: marker.replaceAll('{mark}', () => marker_end),
});

export default defineModule({
  summary: 'Add, change or remove a block of lines between two marker lines',
  args,
  returns: z.strictObject({ path: z.string(), lines: z.int().describe('How many lines the file has') }),
  example: `blockinfile:
  path: /etc/hosts
  block: |
    192.0.2.10 binhost
    192.0.2.11 mirror
`,
  async *run(probe, { path, block, state, insertafter, insertbefore, create, prepend_newline, append_newline, ...rest }) {
    const { marker, marker_begin, marker_end, ...wanted } = rest;
    const missing = state === 'absent' ? 'skip' : create ? 'create' : 'fail';
    const edit = {
      ...{ block: state === 'absent' ? '' : block, ...toMarkers({ marker, marker_begin, marker_end }), insertafter, insertbefore },
      ...{ emptyBefore: prepend_newline, emptyAfter: append_newline },
    };
    const after = yield* editFile(
      probe,
      { path, missing, ...wanted },
      keepLineEnds((text) => editBlock(text, edit)),
    );
    // as in Ansible, an empty block with create: true makes an empty file
    if (after === undefined && missing === 'create') yield* ensureFileContent(probe, { path, content: '', ...wanted });
    return { path, lines: (after ?? '').split('\n').length - 1 };
  },
});
