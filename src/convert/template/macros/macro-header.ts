import type { JinjaNode } from '../../jinja/jinja-tree.ts';
import { parseJinja } from '../../jinja/parse/parse-jinja.ts';
import { rejectConversion } from '../../not-convertible.ts';

/** A parameter of a macro, with its default. */
export interface MacroParam {
  readonly name: string;
  readonly value?: JinjaNode;
}

/** The name and the parameters of `{% macro NAME(a, b='x') %}`. Throws NotConvertible for another form. */
export function readMacroHeader(text: string): { readonly name: string; readonly params: readonly MacroParam[] } {
  const call = parseJinja(text);
  if (call.kind !== 'call' || call.of.kind !== 'name') return rejectConversion('{% macro %} of another form');
  const names = call.args.map((each) => (each.kind === 'name' ? each.name : rejectConversion('{% macro %} of another form')));
  const defaults = Object.entries(call.named).map(([name, value]) => ({ name, value }));
  return { name: call.of.name, params: [...names.map((name) => ({ name })), ...defaults] };
}
