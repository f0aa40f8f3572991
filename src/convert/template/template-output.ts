import { printOperand } from '../jinja/print/print-helper.ts';
import type { SwarmExpression } from '../jinja/swarm-expression.ts';
import { NotConvertible } from '../not-convertible.ts';
import type { HandlebarsWriter } from './handlebars-writer.ts';
import type { Part, Tag } from './template-part.ts';
import type { Scope } from './template-scope.ts';

/** What the parts of a template are written with. */
export interface TemplateOutput {
  readonly writer: HandlebarsWriter;
  readonly left: { readonly text: string; readonly reason: string; readonly line: number }[];
  /** What means something else, with the line of the first tag that does. */
  readonly changes: Map<string, number>;
  /** A shell reads the text, so each value is marked as it is. */
  readonly shell: boolean;
  /** Values that get a line break where they have none. */
  readonly endings: ReadonlySet<Part>;
  /** Writes the parts, and returns what the names mean after them. */
  writeParts(parts: readonly Part[], scope: Scope): Scope;
}

/** Writes what stands for a tag that is not converted. */
export function leaveTag({ writer, left }: TemplateOutput, tag: Tag, reason: string): undefined {
  left.push({ text: tag.source, reason, line: tag.line });
  writer.value(`{{ not_converted ${quoteText(tag.source)} ${quoteText(reason)} }}`);
}

/** Does something for a part. Where that cannot be expressed, leaves the tag and returns `otherwise`. */
export function attemptPart<T>(output: TemplateOutput, tag: Tag, otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible)) throw thrown;
    leaveTag(output, tag, thrown.message);
    return otherwise;
  }
}

/** Remembers the line of what a tag changed in meaning. */
export function noteChanges({ changes }: TemplateOutput, { line }: Tag, { translation }: Scope): undefined {
  if (translation.changes.size === changes.size) return;
  for (const reason of translation.changes) if (!changes.has(reason)) changes.set(reason, line);
}

/** A condition or a list as it stands in a block; what cannot be expressed is an unknown helper, which `swarm check` refuses. */
export function blockOperand(output: TemplateOutput, tag: Tag, scope: Scope, read: () => SwarmExpression): string {
  try {
    const operand = printOperand(read(), scope.place);
    noteChanges(output, tag, scope);
    return operand;
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible)) throw thrown;
    output.left.push({ text: tag.source, reason: thrown.message, line: tag.line });
    return `(not_converted ${quoteText(tag.source)} ${quoteText(thrown.message)})`;
  }
}

const quoteText = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').replaceAll('"', "'");
  return `"${line.replace(/\{(?=[{%#])/g, '{ ').replaceAll('}}', '} }')}"`;
};
