import { ownValue } from '../../core/own-value.ts';
import { CHECKSUM_NOTE, translateFact, translateFactField, translateKnownField, translateName } from './ansible/ansible-names.ts';
import { versionField } from './ansible/ansible-version.ts';
import { factOf } from './ansible/fact-of.ts';
import { translateLoopField } from './jinja-loop.ts';
import type { JinjaNode } from './jinja-tree.ts';
import { isOwnHost, onHost, readHostVariable } from './other-hosts.ts';
import { literal, operation, pathOf, type SwarmExpression, type ValueType } from './swarm-expression.ts';
import { literalText, registeredFieldType, type Translation } from './translation.ts';

/** Translates the value that a field is of. */
type Translate = (node: JinjaNode, translation: Translation) => SwarmExpression;

/** A name: what `set` or a loop made it, a variable of Ansible itself, or one of the project. */
export function translateVariable(name: string, translation: Translation): SwarmExpression {
  const { locals, types, empties, varied, registered, changes, inventory } = translation;
  const local = locals.get(name);
  if (local !== undefined) return local;
  if (name === 'inventory_dir' && inventory !== undefined && !types.has(name)) {
    changes.add('`inventory_dir` is now the folder of the inventory in the project');
    return operation('+', { kind: 'name', name: 'playbook_dir', type: 'text' }, literal(`/${inventory}`));
  }
  const known = types.has(name) || registered.has(name) ? undefined : translateName(name, changes);
  if (known !== undefined) return known;
  const type = types.get(name) ?? (registered.has(name) ? 'mapping' : 'any');
  const mayBeNull = empties.has(name) ? ({ mayBeNull: true } as const) : {};
  const varies = type === 'any' && varied.has(name) ? ({ varies: true } as const) : {};
  return { kind: 'name', name, type, ...mayBeNull, ...varies };
}

/** `of.name`: a field that Ansible itself gives a meaning, or one of a value of the project. */
export function translateField(of: JinjaNode, name: string, translation: Translation, translate: Translate): SwarmExpression {
  const known = ofOwnName(of, name, translation) ?? ofOtherHost(of, name, translation, translate) ?? ofFacts(of, name, translation);
  if (known !== undefined) return known;
  const returned = ofReturnedFacts(of, name, translation, translate);
  if (returned !== undefined) return returned;
  if (of.kind === 'name' && of.name === 'loop') return translateLoopField(name, translation);
  noteChecksum(of, name, translation);
  if (of.kind === 'name' && name === 'rc' && translation.packages.has(of.name))
    return packageStatus(translate(of, translation), translation);
  const owner = translate(of, translation);
  const entry = entryOf(owner, name);
  if (entry !== undefined) return entry;
  const type = fieldType(owner, name, translation);
  return { kind: 'field', of: owner, name, type, ...(type === 'any' && translation.varied.has(name) ? { varies: true } : {}) };
}

/** What a mapping that stands in the text has for a name: that of the last `combine` wins. Undefined where it is not sure. */
function entryOf(owner: SwarmExpression, name: string): SwarmExpression | undefined {
  if (owner.kind === 'mapping') return owner.entries.findLast(([key]) => literalText(key) === name)?.[1];
  if (owner.kind === 'choice') {
    const [yes, no] = [entryOf(owner.yes, name), entryOf(owner.no, name)];
    return yes === undefined || no === undefined ? undefined : yes === no ? yes : { ...owner, yes, no };
  }
  const [before, added] = owner.kind === 'call' && owner.name === 'combine' && owner.args.length === 2 ? owner.args : [];
  if (before === undefined || added?.kind !== 'mapping' || added.entries.some(([key]) => literalText(key) === undefined)) return undefined;
  return entryOf(added, name) ?? entryOf(before, name);
}

/** `vars.x` is x, and `ns.x` of a namespace is what was set last. */
function ofOwnName(of: JinjaNode, name: string, translation: Translation): SwarmExpression | undefined {
  if (of.kind !== 'name') return undefined;
  return of.name === 'vars' ? translateVariable(name, translation) : translation.locals.get(`${of.name}.${name}`);
}

/** A variable of `hostvars[…]`. */
function ofOtherHost(of: JinjaNode, name: string, translation: Translation, translate: Translate): SwarmExpression | undefined {
  const variable = readHostVariable({ kind: 'attribute', of, name });
  if (variable === undefined) return undefined;
  if (isOwnHost(variable)) return translate(variable.own, translation);
  const own = translate(variable.own, { ...translation, locals: new Map() });
  return onHost(translate(variable.host, translation), own);
}

/** The variables of the environment that are facts. */
const ENVIRONMENT_FACTS: Readonly<Record<string, string>> = { HOME: 'home', PATH: 'path', USER: 'user', LOGNAME: 'user' };

/** A fact, a field of one, or a field of a variable that only Ansible has. */
function ofFacts(of: JinjaNode, name: string, translation: Translation): SwarmExpression | undefined {
  if (of.kind === 'name' && of.name === 'ansible_facts') return translateFact(name.replace(/^ansible_/, ''), translation.changes);
  const fact = factOf(of) ?? '';
  const variable = fact === 'env' ? ownValue(ENVIRONMENT_FACTS, name) : undefined;
  if (variable !== undefined) {
    translation.changes.add('`~` and `ansible_env` are now those of the login, also where a task runs as another user');
    return { kind: 'field', of: { kind: 'name', name: 'facts', type: 'mapping' }, name: variable, type: 'text' };
  }
  const field = translateFactField(fact, name, translation.changes);
  if (field !== undefined || of.kind !== 'name') return field;
  return translateKnownField(of.name, name) ?? versionField(of.name, name, translation);
}

/** Some package managers of Ansible have the status of their command: it is 0 where the task did not fail. */
function packageStatus(result: SwarmExpression, { changes }: Translation): SwarmExpression {
  changes.add('`rc` of packages is now 1 where the task failed and 0 where it did not');
  return { kind: 'choice', test: { kind: 'field', of: result, name: 'failed', type: 'bool' }, yes: literal(1), no: literal(0) };
}

/** What a module returns as facts is its result: `r.ansible_facts.services`, `r.ansible_facts.getent_passwd`. */
function ofReturnedFacts(of: JinjaNode, name: string, translation: Translation, translate: Translate): SwarmExpression | undefined {
  if (of.kind !== 'attribute' || of.name !== 'ansible_facts' || of.of.kind !== 'name' || !translation.registered.has(of.of.name))
    return undefined;
  const field = name.startsWith('getent_') ? 'entries' : name;
  if (!['entries', 'services', 'packages'].includes(field)) return undefined;
  return { kind: 'field', of: translate(of.of, translation), name: field, type: 'mapping' };
}

/** Notes that `stat.checksum` of a file is another one here, unless the task asked for the same. */
function noteChecksum(of: JinjaNode, name: string, { sha256, changes }: Translation): void {
  if (name !== 'checksum' || of.kind !== 'attribute' || of.name !== 'stat') return;
  if (!(of.of.kind === 'name' && sha256.has(of.of.name))) changes.add(CHECKSUM_NOTE);
}

/** What a field of a group or of a result is. */
function fieldType(owner: SwarmExpression, name: string, { registered }: Translation): ValueType {
  if (owner.kind === 'name' && owner.name === 'groups') return 'list';
  const isResult = pathOf(owner)
    ?.split('.')
    .some((each) => registered.has(each) || each === 'item' || each === 'stat' || each === 'result');
  return isResult ? registeredFieldType(name) : 'any';
}
