import { SwarmError } from '../../core/error.ts';
import type { AnyModule } from '../../core/module.ts';
import { type Place, pick, problemsIn } from '../schema/check-schema.ts';
import { hasTemplate } from '../template/template.ts';
import type { Path, Source } from '../yaml/source-document.ts';

/** Args against the module's schema when the file is loaded (SW1112). What depends on a template is checked again at run time. */
export function checkArgs(name: string, module: AnyModule, args: unknown, source: Source, path: Path): readonly SwarmError[] {
  const place: Place = { source, path, codes: { wrong: 'SW1112', missing: 'SW1112', unknown: 'SW1112' }, module: name };
  if (typeof args === 'string' && hasTemplate(args)) return [];
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    const hint = `swarm modules ${name} shows its arguments`;
    return [new SwarmError('SW1112', `\`${name}\` takes a mapping of arguments`, { at: source.at(path), hint })];
  }
  const result = module.args.safeParse(args);
  if (result.success) return [];
  const known = result.error.issues.filter(
    (issue: { readonly code: string; readonly path: Path }) => issue.code === 'unrecognized_keys' || !templated(pick(args, issue.path)),
  );
  return problemsIn(module.args, args, known, place);
}

function templated(value: unknown): boolean {
  if (typeof value === 'string') return hasTemplate(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(templated);
}
