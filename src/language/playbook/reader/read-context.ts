import type { Become } from '../../../core/inventory/login.ts';
import type { Vars } from '../../../core/json-value.ts';
import type { Role } from '../../../core/playbook/step-model.ts';
import type { Span } from '../../../core/span.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import type { ResultShape } from '../result-fields.ts';

/** The position of a mapping, and the names that are defined in it. */
export interface ReadContext {
  readonly source: SourceDocument;
  /** The file, absolute: what it imports is beside it. */
  readonly file: string;
  readonly path: KeyPath;
  readonly locals: ReadonlySet<string>;
  readonly become?: Become | undefined;
  /** The playbook that the file belongs to. */
  readonly top: string;
  /** The files and roles that import each other, down to this one. */
  readonly chain: readonly string[];
  readonly role?: Role;
  /** Arguments of modules where a task does not have them, with their places. */
  readonly moduleDefaults?: ReadonlyMap<string, ModuleDefaults>;
  /** The shape of `result`, in conditions about the result of a task. */
  readonly result?: ResultShape;
}

/** Arguments of a module where a task does not have them. */
export interface ModuleDefaults {
  readonly args: Vars;
  readonly locate: (path: KeyPath) => Span;
}

/** The context of what is under these keys. */
export const childContext = (context: ReadContext, ...keys: PropertyKey[]): ReadContext => ({
  ...context,
  path: [...context.path, ...keys],
});

/** The same place with more names. */
export const withNames = (context: ReadContext, names: readonly string[]): ReadContext =>
  names.length === 0 ? context : { ...context, locals: new Set([...context.locals, ...names]) };

/** A role that a task includes, with the roles that the task is in. */
export const withParentRoles = (role: Role, { role: parent }: ReadContext): Role =>
  parent === undefined ? role : { ...role, parents: [parent.name, ...(parent.parents ?? [])] };
