import { ipaddrFunctions } from './addresses/ipaddr-function.ts';
import { networkFunctions } from './addresses/network-functions.ts';
import { dateFunctions } from './date-functions.ts';
import { encodingFunctions } from './encoding-functions.ts';
import { formatFunction } from './format-function.ts';
import type { LanguageFunction } from './language-function.ts';
import { entryFunctions } from './lists/entry-functions.ts';
import { listFunctions } from './lists/list-functions.ts';
import { setFunctions } from './lists/set-functions.ts';
import { logicFunctions } from './logic-functions.ts';
import { fileglobFunction, lookupFunction } from './lookup-function.ts';
import { mappingFunctions } from './mapping-functions.ts';
import { numberFunctions } from './number-functions.ts';
import { operatorFunctions } from './operator-functions.ts';
import { pathFunctions } from './path-functions.ts';
import { regexFunctions } from './regex-functions.ts';
import { textFunctions } from './text-functions.ts';
import { urlFunctions } from './url-functions.ts';
import { versionFunctions } from './version-functions.ts';

/** The functions of expressions and templates, by what they work on. */
export const FUNCTION_GROUPS: readonly (readonly [title: string, functions: readonly LanguageFunction[]])[] = [
  ['Texts', [...textFunctions, formatFunction]],
  ['Regular expressions', regexFunctions],
  ['Lists', listFunctions],
  ['A function for each entry of a list', entryFunctions((name) => FUNCTIONS.get(name))],
  ['Lists as sets', setFunctions],
  ['Mappings', mappingFunctions],
  ['Numbers and conversions', numberFunctions],
  ['Versions', versionFunctions],
  ['Comparisons and defaults', logicFunctions],
  ['Signs of expressions as functions', operatorFunctions],
  ['JSON, YAML, base64 and hashes', encodingFunctions],
  ['Paths', pathFunctions],
  ['Dates', dateFunctions],
  ['Addresses, networks and URLs', [...networkFunctions, ...ipaddrFunctions, ...urlFunctions]],
  ['This machine', [lookupFunction, fileglobFunction]],
];

/** Every function by its name. */
export const FUNCTIONS: ReadonlyMap<string, LanguageFunction> = new Map(
  FUNCTION_GROUPS.flatMap(([, functions]) => functions.map((each) => [each.name, each] as const)),
);

/** `split(text, separator?, limit?)`, as it is called in an expression. */
export const formatCall = ({ name, params }: LanguageFunction): string => `${name}(${formatParams(params).join(', ')})`;

/** `split text separator? limit?`, as a helper of templates. */
export const formatHelper = ({ name, params }: LanguageFunction): string => [name, ...formatParams(params)].join(' ');

const formatParams = (params: LanguageFunction['params']): readonly string[] =>
  Object.entries(params).map(([name, type]) => (type.endsWith('?') ? `${name}?` : type.endsWith('...') ? `${name}…` : name));
