import { parse } from 'yaml';
import type { Json } from '../../core/json-value.ts';
import type { AnyModule } from '../../core/module.ts';
import { ARGUMENT_EXAMPLES } from './argument-examples.ts';
import { isStep, type SchemaNode } from './schema-node.ts';

export type Meanings = Readonly<Record<string, readonly [meaning: string, example: Json]>>;

/** Gives each key its meaning and its example, and in steps each module. */
export function describeKeys(node: unknown, meanings: Meanings, modules?: ReadonlyMap<string, AnyModule>): void {
  if (typeof node !== 'object' || node === null) return;
  const step = isStep(node as SchemaNode);
  for (const [name, each] of Object.entries((node as SchemaNode).properties ?? {})) {
    const module = step ? modules?.get(name) : undefined;
    if (module !== undefined) {
      describeModule(each, name, module);
      continue;
    }
    const [meaning, example] = meanings[name] ?? [];
    if (meaning !== undefined) each.description ??= meaning;
    if (example !== undefined) each.examples ??= [example];
    describeKeys(each, meanings, modules);
  }
  for (const [name, each] of Object.entries(node)) if (name !== 'properties' && name !== 'examples') describeKeys(each, meanings, modules);
}

/** A module in a step: what it does, and for each argument an example. `module_defaults` may give what is required. */
function describeModule(node: SchemaNode, name: string, { summary, example }: AnyModule): void {
  const given: unknown = (parse(example) as Readonly<Record<string, unknown>> | null)?.[name];
  node.description = summary;
  node.examples = [given as Json];
  for (const variant of [node, ...(node.anyOf ?? [])]) {
    delete variant.required;
    for (const [arg, each] of Object.entries(variant.properties ?? {})) {
      const { description, examples, ...plain } = each;
      const value =
        (given as Readonly<Record<string, Json>> | null | undefined)?.[arg] ?? examples?.[0] ?? argumentExample(name, arg, each);
      (variant.properties ?? {})[arg] = {
        ...(description === undefined ? {} : { description }),
        ...(value === undefined ? {} : { examples: [value] }),
        anyOf: [plain, { type: 'string', pattern: '\\{\\{' } as SchemaNode],
      };
    }
  }
}

/** An example of an argument that the example of its module does not have. */
function argumentExample(module: string, arg: string, { type, enum: words, anyOf = [] }: SchemaNode): Json | undefined {
  const written = ARGUMENT_EXAMPLES[`${module}.${arg}`] ?? ARGUMENT_EXAMPLES[arg];
  if (type === 'boolean') return true;
  return words?.[0] ?? written ?? anyOf.map((each) => argumentExample('', '', each)).find((each) => each !== undefined);
}
