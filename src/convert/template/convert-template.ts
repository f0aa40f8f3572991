import { TOP_PLACE } from '../jinja/print/print-helper.ts';
import { call, typeOf } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import type { Translation } from '../jinja/translation.ts';
import { endLastLine } from './end-last-line.ts';
import { keepFields } from './fields/field-sets.ts';
import { createHandlebarsWriter } from './handlebars-writer.ts';
import { expandMacros } from './macros/expand-macros.ts';
import { setNames } from './set-names.ts';
import { attemptPart, leaveTag, noteChanges, type TemplateOutput } from './template-output.ts';
import type { Part, Tag } from './template-part.ts';
import { enterMacro, type Scope } from './template-scope.ts';
import { ANSIBLE_WHITESPACE, splitTemplate, type WhitespaceRules } from './template-segments.ts';
import { parseTemplateParts } from './template-tree.ts';
import { writeFor, writeIf } from './write-blocks.ts';
import { writeCall, writeInclude, writeMacro } from './write-includes.ts';
import { valueEnding, writeValue } from './write-value.ts';

/** A template of Handlebars, and what of the source is not converted. */
export interface ConvertedTemplate {
  readonly text: string;
  readonly left: readonly { readonly text: string; readonly reason: string; readonly line: number }[];
  /** What means something else, with the line of the first tag that does. */
  readonly changes: ReadonlyMap<string, number>;
}

/** A Jinja template as Handlebars. `shell`: the text is read by a shell, so each value is marked as it is. Throws NotConvertible only for
 *  a template whose tags cannot be told apart. */
export function convertTemplate(
  source: string,
  translation: Translation,
  shell = false,
  rules: WhitespaceRules = ANSIBLE_WHITESPACE,
): ConvertedTemplate {
  const tree = expandMacros(parseTemplateParts(splitTemplate(source, rules), translation.keepsBackslashes), translation);
  const { parts, endings } = endLastLine(tree.parts, source, {
    valueEnding: (part) => valueEnding(part.of, translation),
    mayWrap: !shell,
  });
  const output: TemplateOutput = {
    writer: createHandlebarsWriter(),
    left: [],
    changes: new Map([...translation.changes].map((reason) => [reason, 1])),
    shell,
    endings,
    writeParts: (all, scope) =>
      all.reduce((inner, part) => {
        const after = writePart(part, inner, output);
        if ('tag' in part) noteChanges(output, part.tag, scope);
        return after;
      }, scope),
  };
  const top: Scope = { translation, place: TOP_PLACE };
  for (const macro of tree.macros) writeMacro(macro, top, output);
  output.writeParts(parts, top);
  return { text: output.writer.finish(), left: output.left, changes: output.changes };
}

/** Writes one part, and returns what the names mean after it. */
function writePart(part: Part, scope: Scope, output: TemplateOutput): Scope {
  const { writer, shell, endings } = output;
  const attempt = (tag: Tag, write: () => void): Scope => {
    attemptPart(output, tag, undefined, write);
    return scope;
  };
  switch (part.kind) {
    case 'text':
      writer.text(part.text);
      return scope;
    case 'value':
      return attempt(part.tag, () => {
        const value = translate(part.of, scope.translation);
        writeValue(writer, endings.has(part) ? call('end_line', [value], typeOf(value)) : value, scope, shell);
      });
    case 'comment':
      writer.tag(`{{!-- ${part.text.replaceAll('--}}', '-- }}').trim()} --}}`, part.tag.newlineCut);
      return scope;
    case 'group':
      return attemptPart(output, part.tag, scope, () =>
        keepFields(scope, output.writeParts(part.body, part.locals === undefined ? scope : enterMacro(scope, part.locals))),
      );
    case 'macro':
    case 'import':
      return scope;
    case 'call':
      return attempt(part.tag, () => writeCall(part, scope, output));
    case 'end_line':
      writer.tag(part.breaks === 1 ? '{{#end_line}}' : `{{#end_line ${part.breaks}}}`, false);
      output.writeParts(part.body, scope);
      writer.tag('{{/end_line}}', false);
      return scope;
    case 'left':
      leaveTag(output, part.tag, part.reason);
      return scope;
    case 'include':
      return attempt(part.tag, () => writeInclude(part, scope, output));
    case 'set':
      return attemptPart(output, part.tag, scope, () => setNames(part, scope));
    case 'if':
      return writeIf(part, scope, output);
    default:
      return attemptPart(output, part.tag, scope, () => writeFor(part, scope, output));
  }
}
