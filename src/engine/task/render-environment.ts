import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Environment } from '../../core/playbook/step-model.ts';
import type { Span } from '../../core/span.ts';
import { renderTemplates } from '../../language/template/template.ts';

/** The environment of every command of a task: of the play, the blocks and the task, the innermost last. Throws SW6014 where a template
 *  makes anything else than a mapping of names to values, or a list of such mappings. */
export function renderEnvironment(environments: readonly Environment[], variables: Vars, at: Span): Readonly<Record<string, string>> {
  const mappings = environments.map((each) => toVariables(renderTemplates(each, variables, { at }), at));
  return Object.assign({}, ...mappings) as Readonly<Record<string, string>>;
}

function toVariables(value: Json, at: Span): Readonly<Record<string, string>> {
  if (Array.isArray(value)) return Object.assign({}, ...value.map((each) => toVariables(each, at))) as Readonly<Record<string, string>>;
  if (typeof value !== 'object' || value === null) throw environmentError(JSON.stringify(value), at);
  const texts = Object.entries(value).map(([name, each]) => {
    if (!/^[A-Za-z_]\w*$/.test(name) || typeof each === 'object') throw environmentError(JSON.stringify({ [name]: each }), at);
    return [name, String(each)] as const;
  });
  return Object.fromEntries(texts);
}

const environmentError = (found: string, at: Span): SwarmError =>
  new SwarmError('SW6014', `environment: must be names with values, not ${found}`, {
    at,
    hint: 'Write a mapping: environment: { LANG: C }, or {{ default proxy_env (dict) }} where it can be missing.',
  });
