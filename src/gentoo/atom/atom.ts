import { SwarmError } from '../../core/error/swarm-error.ts';
import { CATEGORY_PATTERN, isPackageName, splitPf } from './cpv.ts';

type Operator = '<' | '<=' | '=' | '~' | '>=' | '>';

/** One USE dependency in brackets, PMS section 8.3.4: `gui`, `-gui`, `gui?`, `!gui?`, `gui=`, `!gui=`, each with (+) or (-). */
export interface UseDependency {
  readonly flag: string;
  readonly kind: 'on' | 'off' | 'if' | 'unless' | 'same' | 'opposite';
  readonly missing?: '+' | '-';
}

/** A package dependency of PMS section 8.3, with Portage's ::repository. */
export interface PackageAtom {
  readonly kind: 'package';
  readonly text: string;
  readonly blocks?: 'weak' | 'strong';
  readonly operator?: Operator;
  /** `=cat/name-1.2*`. */
  readonly prefix: boolean;
  readonly category: string;
  readonly name: string;
  /** With its revision. Present exactly when there is an operator. */
  readonly version?: string;
  readonly slot?: string;
  readonly subSlot?: string;
  readonly slotOperator?: '=' | '*';
  readonly repository?: string;
  readonly use: readonly UseDependency[];
}

/** A package atom or a set. */
export type Atom = PackageAtom | { readonly kind: 'set'; readonly text: string; readonly name: string };

const SLOT = '[A-Za-z0-9_][A-Za-z0-9+_.-]*';
const SHAPE = new RegExp(
  `^(!!?)?(>=|<=|[<>=~])?(?:(${CATEGORY_PATTERN})/)?([^:[\\]\\s/]+)(?::(?!:)([^:[\\]\\s]*))?(?:::([^:[\\]\\s]*))?(?:\\[([^[\\]\\s]*)\\])?$`,
);
const SLOT_PART = new RegExp(`^(?:(${SLOT})(?:/(${SLOT}))?(=)?|([=*]))$`);
const REPOSITORY = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
const USE = /^([!-]?)([A-Za-z0-9][A-Za-z0-9+_@-]*)(?:\(([+-])\))?([?=]?)$/;
const USE_KINDS: Readonly<Record<string, UseDependency['kind']>> = {
  '': 'on',
  '-': 'off',
  '?': 'if',
  '!?': 'unless',
  '=': 'same',
  '!=': 'opposite',
};

/** Reads an atom or a @set. Throws SW1201 with the mistake and the right form. */
export function parseAtom(text: string): Atom {
  if (text.startsWith('@')) return parseSet(text);
  if (/\s/.test(text)) throw refuse(text, 'it contains a space', 'Write each atom as an argument of its own.');
  if (text.startsWith('-')) throw refuse(text, 'it looks like an option', 'Set options of emerge in the playbook, not among the packages.');
  const match = SHAPE.exec(text);
  if (!match) throw refuse(text, 'unknown form', 'Write category/name, =category/name-1.2, >=category/name-1.2:slot or @set.');
  const [, block, operator, category, rest = '', slot, repository, use] = match;
  if (category === undefined) {
    throw refuse(text, 'its category is missing', `Write its category too: CATEGORY/${bareName(rest)}, as in www-client/firefox.`);
  }
  const named = nameAndVersion(text, operator as Operator | undefined, category, rest);
  if (repository !== undefined && !REPOSITORY.test(repository)) throw refuse(text, `"${repository}" is not a repository name`);
  return {
    kind: 'package',
    text,
    ...(block === undefined ? {} : { blocks: block === '!!' ? 'strong' : 'weak' }),
    ...named,
    category,
    ...(slot === undefined ? {} : parseSlot(text, slot)),
    ...(repository === undefined ? {} : { repository }),
    use: use === undefined ? [] : use.split(',').map((part) => parseUse(text, part)),
  };
}

function nameAndVersion(
  text: string,
  operator: Operator | undefined,
  category: string,
  rest: string,
): Pick<PackageAtom, 'operator' | 'prefix' | 'name' | 'version'> {
  if (operator === undefined) {
    if (rest.includes('*')) throw refuse(text, 'wildcards are not allowed', 'Name each package, or a @set.');
    if (isPackageName(rest)) return { prefix: false, name: rest };
    throw refuse(
      text,
      splitPf(rest) ? 'a version needs an operator' : `"${rest}" is not a package name`,
      splitPf(rest) ? `Did you mean =${category}/${rest}?` : undefined,
    );
  }
  const prefix = rest.endsWith('*');
  if (prefix && operator !== '=') throw refuse(text, 'a version ends in * only after =', `Did you mean =${category}/${rest}?`);
  const split = splitPf(prefix ? rest.slice(0, -1) : rest);
  if (!split) {
    throw refuse(
      text,
      isPackageName(rest) ? `${operator} needs a version` : `"${rest}" is not a name with a version`,
      isPackageName(rest) ? `Did you mean ${category}/${rest}?` : undefined,
    );
  }
  if (operator === '~' && /-r\d+$/.test(split.version)) {
    throw refuse(text, '~ matches every revision, so it takes none', `Did you mean ~${category}/${rest.replace(/-r\d+$/, '')}?`);
  }
  return { operator, prefix, ...split };
}

function parseSlot(text: string, part: string): Pick<PackageAtom, 'slot' | 'subSlot' | 'slotOperator'> {
  const match = SLOT_PART.exec(part);
  if (!match) throw refuse(text, `":${part}" is not a slot`, 'Write :slot, :slot/sub-slot, :slot=, := or :*');
  const [, slot, subSlot, bound, any] = match;
  const slotOperator = (bound ?? any) as '=' | '*' | undefined;
  return {
    ...(slot === undefined ? {} : { slot }),
    ...(subSlot === undefined ? {} : { subSlot }),
    ...(slotOperator === undefined ? {} : { slotOperator }),
  };
}

function parseUse(text: string, part: string): UseDependency {
  const [, before = '', flag = '', missing, after = ''] = USE.exec(part) ?? [];
  const kind = USE_KINDS[before + after];
  if (flag === '' || kind === undefined) {
    throw refuse(
      text,
      `"${part}" is no USE dependency`,
      'Write [flag], [-flag], [flag?], [!flag?], [flag=] or [!flag=], separated by commas.',
    );
  }
  return { flag, kind, ...(missing === undefined ? {} : { missing: missing as '+' | '-' }) };
}

function parseSet(text: string): Atom {
  if (!/^@[A-Za-z0-9_][A-Za-z0-9+_.-]*$/.test(text)) throw refuse(text, 'it is not the name of a set', 'Write @world, @system or @name.');
  return { kind: 'set', text, name: text.slice(1) };
}

function bareName(rest: string): string {
  const name = splitPf(rest)?.name ?? rest;
  return name === '' || name.includes('*') ? 'name' : name;
}

function refuse(text: string, why: string, hint?: string): SwarmError {
  return new SwarmError('SW1201', `${JSON.stringify(text)} is not a package atom: ${why}`, { hint });
}
