import { z } from 'zod';
import { hashSha256 } from '../files/file-content.ts';

const name = z.string().regex(/^[^\0\r\n]+$/, 'must be one line');

/** The fields of a form of several parts: a value, or a file with its name, content and type. */
export const multipartFields = z.record(
  name,
  z.union([
    z.string(),
    z.number().transform(String),
    z.boolean().transform(String),
    z
      .strictObject({
        filename: name.optional(),
        content: z.string().optional(),
        mime_type: z
          .string()
          .regex(/^[\w.+/-]+$/, 'must be a content type: text/plain')
          .optional(),
      })
      .refine(({ filename, content }) => filename !== undefined || content !== undefined, { error: 'needs filename or content' }),
  ]),
);

export type MultipartFields = z.output<typeof multipartFields>;

/** As a browser writes a quote in a name. */
const quote = (text: string): string => `"${text.replaceAll('"', '%22')}"`;

/** The body of such a form, and its content type. `readContent` reads a file that has a name and no content. The same fields give the same bytes. */
export async function formatMultipart(
  fields: MultipartFields,
  readContent: (name: string) => Promise<Uint8Array>,
): Promise<{ readonly bytes: Uint8Array; readonly type: string }> {
  const parts: { readonly head: string; readonly content: Uint8Array }[] = [];
  for (const [field, value] of Object.entries(fields)) {
    const {
      filename,
      content,
      mime_type: type,
    } = typeof value === 'string' ? { filename: undefined, content: value, mime_type: undefined } : value;
    const file = filename === undefined ? '' : `; filename=${quote(filename.split('/').at(-1) ?? '')}`;
    const typed = type ?? (filename === undefined ? undefined : 'application/octet-stream');
    parts.push({
      head: `Content-Disposition: form-data; name=${quote(field)}${file}\r\n${typed === undefined ? '' : `Content-Type: ${typed}\r\n`}\r\n`,
      content: content === undefined ? await readContent(filename ?? '') : new TextEncoder().encode(content),
    });
  }
  const boundary = `swarm-${hashSha256(Buffer.concat(parts.flatMap(({ head, content }) => [Buffer.from(head), content])))}`;
  const bytes = Buffer.concat([
    ...parts.flatMap(({ head, content }) => [Buffer.from(`--${boundary}\r\n${head}`), content, Buffer.from('\r\n')]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return { bytes, type: `multipart/form-data; boundary=${boundary}` };
}
