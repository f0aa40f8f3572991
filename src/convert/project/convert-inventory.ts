import { Document, isMap, visit } from 'yaml';
import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import { readAnsibleConnection } from '../../language/inventory/ansible/ansible-connection.ts';
import type { AnsibleInventory } from '../../language/inventory/ansible/ansible-model.ts';
import { readIniInventory } from '../../language/inventory/ansible/ini-inventory.ts';
import { isIniInventory } from '../../language/inventory/ansible/open-inventory.ts';
import { isAnsibleInventory, readYamlInventory } from '../../language/inventory/ansible/yaml-inventory.ts';
import { readYaml } from '../../language/yaml/read-yaml.ts';
import { type ConversionReport, reportLeft } from '../conversion-report.ts';
import type { TaskContext } from '../tasks/task-context.ts';
import { keyOf } from '../yaml-nodes.ts';
import { convertVars } from './convert-vars.ts';

type Entry = Record<string, unknown>;

/** An inventory of Ansible in swarm's form, without pins; undefined for a file that is not an inventory. */
export function convertInventory(text: string, context: TaskContext): string | undefined {
  const { file, report } = context;
  const problems: SwarmError[] = [];
  const inventory = isIniInventory(file, text) ? readIniInventory(text, file, problems) : readYamlForm(text, file, problems);
  if (inventory === undefined) return undefined;
  for (const { message, at } of problems) reportLeft(report, { file, line: at?.line ?? 1, text: at?.text ?? '', reason: message });
  const groups: Record<string, Entry | null> = {};
  const hosts: Record<string, Entry | null> = {};
  for (const [name, { children, vars }] of inventory.groups) {
    if (name === 'ungrouped') continue;
    const entry = {
      ...(children.size > 0 && name !== 'all' ? { children: [...children] } : {}),
      ...convertLogin(name, vars, { report, file }),
    };
    if (name !== 'all' || Object.keys(entry).length > 0) groups[name] = entry;
  }
  for (const [name, vars] of inventory.hosts) {
    if (name === 'localhost') {
      leaveThisMachine(vars, { report, file });
      continue;
    }
    const member = [...inventory.groups]
      .filter(([group, each]) => each.hosts.has(name) && group !== 'ungrouped' && group !== 'all')
      .map(([group]) => group);
    const { routes } = readAnsibleConnection(name, vars).entry;
    hosts[name] = {
      ...(member.length > 0 ? { groups: member } : {}),
      ...(routes === undefined ? {} : { routes }),
      ...convertLogin(name, vars, { report, file }),
    };
  }
  const { defaults, rest } = takeDefaults(groups);
  const document = new Document({
    ...(defaults === undefined ? {} : { defaults }),
    ...(Object.keys(rest).length > 0 ? { groups: rest } : {}),
    hosts,
  });
  visit(document, {
    Pair: (_, pair) => {
      if (keyOf(pair) !== 'vars' || !isMap(pair.value)) return;
      convertVars(pair.value, context);
      return visit.SKIP;
    },
  });
  document.commentBefore = ` converted from ${file}. No host is pinned: run swarm hosts trust`;
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** This machine is in no inventory of swarm. */
function leaveThisMachine(vars: Vars, { report, file }: { readonly report: ConversionReport; readonly file: string }): void {
  const own = Object.keys(vars).filter((each) => !isConnectionVariable(each));
  const where = own.length === 0 ? '' : `, its variables in host_vars/localhost.yml: ${own.join(', ')}`;
  reportLeft(report, { file, line: 1, text: 'localhost', reason: `this machine is always there: write hosts: localhost${where}` });
}

function readYamlForm(text: string, file: string, problems: SwarmError[]): AnsibleInventory | undefined {
  const { source, problems: syntax } = readYaml(text, file, true);
  if (syntax.length > 0 || !isAnsibleInventory(source.value)) return undefined;
  return readYamlInventory(source, problems);
}

/** Connection variables as the login of a host or a group, and all others as `vars`. */
function convertLogin(name: string, vars: Vars, { report, file }: { readonly report: ConversionReport; readonly file: string }): Entry {
  const { entry, untaken, unreachable, wrong } = readAnsibleConnection(name, vars);
  for (const { name: variable, message, hint } of [...untaken, ...[unreachable, wrong].filter((each) => each !== undefined)])
    reportLeft(report, { file, line: 1, text: `${name}: ${variable}`, reason: `${message}. ${hint}` });
  const { routes: _, ...login } = entry;
  const others = Object.entries(vars).filter(([each]) => !isConnectionVariable(each));
  return { ...login, ...(others.length > 0 ? { vars: Object.fromEntries(others) as Record<string, Json> } : {}) };
}

const CONNECTION =
  /^ansible_(?:host|port|user|password|connection|ssh_\w+|private_key_file|become\w*|sudo\w*|python_interpreter|shell_\w+|pipelining|remote_tmp)$/;
/** Whether the variable says how Ansible reaches a host. */
export const isConnectionVariable = (name: string): boolean => CONNECTION.test(name);

/** The login of `all` is what `defaults` is for. */
function takeDefaults(groups: Readonly<Record<string, Entry | null>>): { readonly defaults: Entry | undefined; readonly rest: Entry } {
  const { all, ...rest } = groups;
  const { vars, ...defaults } = all ?? {};
  return {
    defaults: Object.keys(defaults).length > 0 ? defaults : undefined,
    rest: vars === undefined ? rest : { all: { vars }, ...rest },
  };
}
