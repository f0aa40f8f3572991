import { printOperand } from '../jinja/print/print-helper.ts';
import { call, literal, type SwarmExpression } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import type { KeptMacro } from './macros/kept-macros.ts';
import type { TemplateOutput } from './template-output.ts';
import type { Part } from './template-part.ts';
import type { Scope } from './template-scope.ts';

/** Writes a kept macro as an inline part. It knows its values, and what is set outside of all blocks. */
export function writeMacro({ macro, name, types, body }: KeptMacro, { translation }: Scope, output: TemplateOutput): undefined {
  const params = macro.params.map((param) => param.name);
  const own = params.map((each) => [each, { kind: 'name', name: each, type: types.get(each) ?? 'any' } as SwarmExpression] as const);
  output.writer.tag(`{{#*inline "${name}"}}`, true);
  output.writeParts(body, {
    translation: { ...translation, locals: new Map([...translation.locals, ...own]) },
    place: { locals: new Set(params), inEach: false },
    inMacro: true,
  });
  output.writer.tag('{{/inline}}', macro.tag.newlineCut);
}

/** Writes a call of a kept macro. */
export function writeCall({ name, values, tag }: Extract<Part, { kind: 'call' }>, scope: Scope, output: TemplateOutput): undefined {
  const given = values.map(([key, node, mayBeMissing]) => {
    const value = translate(node, scope.translation);
    const isGuarded = mayBeMissing && ['name', 'field', 'index'].includes(value.kind);
    return [key, isGuarded ? call('default', [value, literal(null)]) : value] as const;
  });
  writeTag(name, given, tag.newlineCut, scope, output);
}

/** Writes an include. The other template gets what it uses of loops and of `set` around the include; in a loop it gets a name at least, so
 *  that it has the variables of the task and not those of an entry. */
export function writeInclude({ file, tag }: Extract<Part, { kind: 'include' }>, scope: Scope, output: TemplateOutput): undefined {
  const { place, translation } = scope;
  const other = translation.find(file);
  const known = [...translation.locals].filter(([name]) => name !== 'loop');
  const used = known.filter(([name]) => (other === undefined ? place.locals.has(name) : new RegExp(`\\b${name}\\b`).test(other.text)));
  const entry = known.filter(([name]) => place.locals.has(name)).slice(-1);
  const path = other?.path ?? file.replace(/\.j2$/, '.hbs');
  writeTag(path, used.length === 0 && place.inEach ? entry : used, tag.newlineCut, scope, output);
}

function writeTag(
  name: string,
  values: readonly (readonly [name: string, value: SwarmExpression])[],
  newlineCut: boolean,
  { place }: Scope,
  { writer }: TemplateOutput,
): void {
  const words = values.map(([key, value]) => ` ${key}=${printOperand(value, place)}`).join('');
  writer.tag(`{{> ${name}${words === '' ? ' ' : words}}}`, newlineCut);
}
