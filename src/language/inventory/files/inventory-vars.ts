import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import { readLocalFileSync } from '../../../core/files/read-local-file.ts';
import type { Vars } from '../../../core/json-value.ts';
import { checkSchema, type FaultCodes } from '../../schema/check-schema.ts';
import { varsSchema } from '../../schema/vars-schema.ts';
import { findNotConverted } from '../../template/find-not-converted.ts';
import { displayPath } from '../../yaml/display-path.ts';
import { readYaml } from '../../yaml/read-yaml.ts';
import type { VarsFile } from '../inventory-part.ts';
import { isFolder, isPlainName, isYaml } from './inventory-paths.ts';

/** The codes for what is wrong in a file of an inventory. */
export const INVENTORY_CODES: FaultCodes = { wrong: 'SW1306', missing: 'SW1101', unknown: 'SW1104' };

/** The variables in group_vars/ and host_vars/ of a folder. Errors are added to `problems`; to `leftVars` those that only a playbook meets. */
export function readVarsFiles(
  dir: string,
  folder: string,
  problems: SwarmError[],
  leftVars: SwarmError[],
): readonly Omit<VarsFile, 'mustExist'>[] {
  return (['group', 'host'] as const).flatMap((kind) => {
    const varsFolder = join(folder, `${kind}_vars`);
    if (!isFolder(varsFolder)) return [];
    problems.push(...findSeveralFiles(varsFolder, dir));
    return listVarsFiles(varsFolder).flatMap(([name, file]) => {
      const bytes = readLocalFileSync(file);
      const shown = displayPath(file, dir);
      if (Buffer.from(bytes.subarray(0, 14)).toString() === '$ANSIBLE_VAULT') {
        leftVars.push(vaultError(shown));
        return [];
      }
      const { source, problems: yamlProblems } = readYaml(bytes, shown, true);
      const checked =
        yamlProblems.length > 0 ? undefined : checkSchema(varsSchema, source.value ?? {}, { source, path: [], codes: INVENTORY_CODES });
      problems.push(...yamlProblems, ...(checked?.problems ?? []));
      leftVars.push(...findNotConverted(source));
      return checked?.value === undefined ? [] : [{ kind, name, source, vars: checked.value as Vars }];
    });
  });
}

function vaultError(file: string): SwarmError {
  const at = { file, line: 1, column: 1, length: 14, text: '$ANSIBLE_VAULT' };
  const hint = `To read it, run: ansible-vault decrypt ${file}. Then write each secret as { secret: { from: "file:PATH" } }.`;
  return new SwarmError('SW1306', 'the file is encrypted with Ansible Vault, which swarm does not read', { at, hint });
}

/** Ansible looks for a file or folder in this order, takes the first, and says nothing of the others. */
const ENDINGS = ['', '.yml', '.yaml', '.json'];

/** Of one group or host, `web/`, `web.yml` and `web.yaml` must not stand side by side: what holds would not be clear. */
function findSeveralFiles(folder: string, dir: string): readonly SwarmError[] {
  const names = new Set(readdirSync(folder));
  return [...names].flatMap((name) => {
    const stem = ENDINGS.includes(extname(name)) ? basename(name, extname(name)) : name;
    const [first = name] = ENDINGS.map((ending) => `${stem}${ending}`).filter((each) => names.has(each));
    if (first === name) return [];
    const at = { file: displayPath(join(folder, name), dir), line: 1, column: 1, length: 1, text: '' };
    const hint = `Move its variables to ${displayPath(join(folder, first), dir)}, and remove it.`;
    return [new SwarmError('SW1306', `${stem} has variables in ${first} too, and Ansible reads only those`, { at, hint })];
  });
}

/** `web.yml`, `web.json`, `web` and the files below `web/`, each with the name of its group or host. */
function listVarsFiles(folder: string): readonly (readonly [name: string, file: string])[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (isFolder(path)) return listVarsFolder(path).map((file) => [name, file] as const);
      return isYamlOrJson(name) ? [[basename(name, extname(name)), path] as const] : isVarsName(name) ? [[name, path] as const] : [];
    });
}

/** A folder in it counts too, as in Ansible, and a link to one does not: it may lead in a circle. */
const listVarsFolder = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return isPlainName(entry.name) ? listVarsFolder(path) : [];
      return (isYamlOrJson(entry.name) || isPlainName(entry.name)) && !isFolder(path) ? [path] : [];
    });

const isYamlOrJson = (name: string): boolean => isYaml(name) || name.endsWith('.json');

/** The name of a host may have points: `web1.example.com` without `.yml`. */
const isVarsName = (name: string): boolean =>
  isPlainName(name) || (/^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$/.test(name) && !/\.(?:json|ini|cfg|md|txt|bak|orig|retry|swp)$/.test(name));
