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
    state: z.enum(['present', 'absent']).default('present').describe('present: the block is there; absent: it is removed'),
    insertafter: patternSchema.optional().describe('A new block goes after the last line that matches; else to the end'),
    insertbefore: patternSchema.optional().describe('A new block goes before the last line that matches; BOF: to the beginning'),
    create: z.boolean().default(false).describe('Create the file if it does not exist'),
    ...writeArgs,
  })
  .refine(({ block, marker }) => !block.split('\n').some((line) => isMarker(line, marker)), {
    error: 'block must not have its own markers in it',
  });

const toMarkers = (marker: string) => ({ begin: marker.replaceAll('{mark}', 'BEGIN'), end: marker.replaceAll('{mark}', 'END') });
const isMarker = (line: string, marker: string): boolean => Object.values(toMarkers(marker)).includes(line);

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
  async *run(probe, { path, block, marker, state, insertafter, insertbefore, create, ...wanted }) {
    const missing = state === 'absent' ? 'skip' : create ? 'create' : 'fail';
    const edit = { block: state === 'absent' ? '' : block, ...toMarkers(marker), insertafter, insertbefore };
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
