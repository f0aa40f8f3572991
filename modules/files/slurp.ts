import { absolutePath, decodeSmallText, defineModule, SwarmError, z } from '../../src/index.ts';

const MAX_BYTES = 1024 * 1024;

export default defineModule({
  summary: 'Read a file of the host into a variable',
  args: z.strictObject({ src: absolutePath.describe('File on the host, of at most 1 MiB') }),
  returns: z.strictObject({
    source: z.string(),
    content: z.string().describe('The bytes in base64'),
    encoding: z.literal('base64'),
    text: z.string().exactOptional().describe('The same as text, where it is UTF-8'),
  }),
  freeForm: 'src',
  example: `slurp:
  src: /etc/machine-id
`,
  // biome-ignore lint/correctness/useYield: it only reads
  async *run(probe, { src }) {
    const bytes = await probe.read(src);
    if (bytes === undefined) throw new SwarmError('SW6012', `${src} does not exist`, { lacks: { kind: 'path', name: src } });
    if (bytes.length > MAX_BYTES)
      throw new SwarmError('SW6012', `${src} has more than 1 MiB`, { hint: 'To copy it to this machine use the fetch module.' });
    const text = decodeSmallText(bytes, MAX_BYTES);
    const content = Buffer.from(bytes).toString('base64');
    return { source: src, content, encoding: 'base64', ...(text === undefined ? {} : { text }) } as const;
  },
});
