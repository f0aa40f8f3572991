import { SwarmError } from '../../core/error/swarm-error.ts';
import type { AnyModule } from '../../core/module.ts';
import { type CheckContext, toSchemaProblems } from '../schema/check-schema.ts';
import { valueAtPath } from '../schema/value-at-path.ts';
import { hasTemplate } from '../template/template.ts';
import type { KeyPath, SourceDocument } from '../yaml/source-document.ts';
import { findArgumentAliases } from './ansible/ansible-arguments.ts';

/** Args against the module's schema when the file is loaded (SW1112). What depends on a template is checked again at run time. */
export function checkModuleArgs(
  name: string,
  module: AnyModule,
  args: unknown,
  source: SourceDocument,
  path: KeyPath,
): readonly SwarmError[] {
  const context: CheckContext = {
    source,
    path,
    codes: { wrong: 'SW1112', missing: 'SW1112', unknown: 'SW1112' },
    module: name,
    aliases: findArgumentAliases(name),
    ...(module.argHints === undefined ? {} : { ansibleHints: module.argHints }),
  };
  if (typeof args === 'string' && hasTemplate(args)) return [];
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    const hint = `To see its arguments, run: swarm modules ${name}`;
    return [new SwarmError('SW1112', `\`${name}\` takes a mapping of arguments`, { at: source.valueSpan(path), hint })];
  }
  const result = module.args.safeParse(args);
  if (result.success) return [];
  const issues = result.error.issues.filter(
    (issue: { readonly code: string; readonly path: KeyPath }) =>
      issue.code === 'unrecognized_keys' || !containsTemplate(valueAtPath(args, issue.path)),
  );
  return toSchemaProblems(module.args, args, issues, context);
}

function containsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return hasTemplate(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(containsTemplate);
}
