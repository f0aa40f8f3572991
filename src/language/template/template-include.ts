import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { closestName } from '../../core/closest-name.ts';
import { readLocalFileSync } from '../../core/files/read-local-file.ts';
import { createSourceText, type SourceText } from '../yaml/source-document.ts';
import { decodeFile } from '../yaml/text-encoding.ts';
import { TemplateValueError } from './template-error.ts';
import type { TemplateInclude } from './template-node.ts';

const MAX_BYTES = 1024 * 1024;

/** The file that a template includes. `files` are the template and those that include it, `parts` what the template defines itself.
 *  Throws TemplateValueError for a file that does not exist or that would include itself. */
export function openInclude(
  { name, start, end }: TemplateInclude,
  { files, parts }: { readonly files: readonly string[]; readonly parts: ReadonlyMap<string, unknown> },
): { readonly file: string; readonly source: SourceText } {
  const reject = (message: string, hint: string): never => {
    throw new TemplateValueError({ message, hint, start, end });
  };
  const current = files.at(-1);
  if (current === undefined)
    return reject('`{{> }}` works in template files only', 'Put the text into a file, and use the module template.');
  const file = resolve(dirname(current), name);
  const stat = statSync(file, { throwIfNoEntry: false });
  const near = closestName(name, parts.keys());
  if (!stat?.isFile())
    return reject(`there is no template ${name}`, near === undefined ? `Put it at ${file}.` : `Did you mean \`${near}\`?`);
  if (stat.size > MAX_BYTES) return reject(`${name} has more than 1 MiB`, 'Make it smaller.');
  const loop = files.indexOf(file);
  if (loop >= 0) {
    const circle = [...files.slice(loop), file].map((each) => each.slice(dirname(file).length + 1)).join(' → ');
    return reject(`templates include each other: ${circle}`, 'Remove one of the includes.');
  }
  return { file, source: createSourceText(file, decodeFile(readLocalFileSync(file), file)) };
}
