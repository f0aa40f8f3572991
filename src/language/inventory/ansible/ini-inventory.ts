import type { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Json } from '../../../core/json-value.ts';
import type { Span } from '../../../core/span.ts';
import { readYaml } from '../../yaml/read-yaml.ts';
import { createSourceText } from '../../yaml/source-document.ts';
import {
  type AnsibleInventory,
  addHosts,
  addProblem,
  createAnsibleInventory,
  makeGroup,
  nameGroup,
  openGroup,
  rememberSpan,
} from './ansible-model.ts';

/** What the lines below a heading are. */
interface Section {
  readonly group: string;
  readonly kind: 'hosts' | 'vars' | 'children';
}

/** Reads Ansible's INI form. */
export function readIniInventory(text: string, file: string, problems: SwarmError[]): AnsibleInventory {
  const inventory = createAnsibleInventory(file, problems);
  const source = createSourceText(file, text);
  let section: Section | undefined = { group: 'ungrouped', kind: 'hosts' };
  let offset = 0;
  for (const line of text.split('\n')) {
    const content = line.trim();
    const start = offset + line.indexOf(content);
    const at = source.span(start, start + content.length);
    offset += line.length + 1;
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    if (content.startsWith('[')) section = readHeading(inventory, content, at);
    else if (section !== undefined) readLine(inventory, section, content, at);
  }
  return inventory;
}

/** Reads hosts with commas between them, as `-i` takes them. Each is a host as a line of the INI form has it, never a heading or a comment. */
export function readHostList(list: string, file: string, problems: SwarmError[]): AnsibleInventory {
  const inventory = createAnsibleInventory(file, problems);
  for (const word of list.split(/[,\n]/).map((each) => each.trim())) {
    const at = createSourceText(file, word).span(0, word.length);
    if (/^[[#;]/.test(word))
      addProblem(
        inventory,
        `\`${word}\` is not a name of a host (use letters, digits, . _ -)`,
        at,
        'Write: -i web1,web2 or -i "NAME ansible_host=ADDRESS,"',
      );
    else if (word !== '') readLine(inventory, { group: 'ungrouped', kind: 'hosts' }, word, at);
  }
  return inventory;
}

function readHeading(inventory: AnsibleInventory, text: string, at: Span): Section | undefined {
  const [, group = '', kind = 'hosts'] = /^\[([^\]:]+)(?::(\w+))?\]\s*(?:[#;].*)?$/.exec(text) ?? [];
  if (group === '' || !['hosts', 'vars', 'children'].includes(kind)) {
    addProblem(inventory, `\`${text}\` is not a heading`, at, 'Write: [GROUP], [GROUP:vars] or [GROUP:children]');
    return undefined;
  }
  if (kind === 'vars') nameGroup(inventory, group, at);
  else makeGroup(inventory, group, at);
  return { group, kind: kind as Section['kind'] };
}

function readLine(inventory: AnsibleInventory, { group, kind }: Section, text: string, at: Span): void {
  if (kind === 'vars') {
    readVariable(inventory, group, text, at);
    return;
  }
  const [word, ...rest] = splitWords(text);
  if (word === undefined) {
    addProblem(inventory, 'a quote is not closed', at, 'Add the second quote.');
    return;
  }
  if (kind === 'children') {
    openGroup(inventory, group, at).children.add(word);
    nameGroup(inventory, word, at);
    return;
  }
  const [, name = word, port] = /^([^:]*(?:\[[^\]]*\])?[^:]*):(\d+)$/.exec(word) ?? [];
  const vars = rest.flatMap((each): (readonly [string, Json])[] => {
    const equals = each.indexOf('=');
    if (equals > 0) return [[each.slice(0, equals), readIniValue(each.slice(equals + 1))]];
    addProblem(inventory, `\`${each}\` is not a variable`, at, 'Write: NAME=VALUE, without spaces around =.');
    return [];
  });
  addHosts(
    inventory,
    name,
    { ...(port === undefined ? {} : { ansible_port: Number(port) }), ...Object.fromEntries(vars) },
    group === 'ungrouped' ? undefined : group,
    at,
  );
}

function readVariable(inventory: AnsibleInventory, group: string, text: string, at: Span): void {
  const [, name, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    addProblem(inventory, `\`${text}\` is not a variable`, at, 'Write: NAME=VALUE');
    return;
  }
  openGroup(inventory, group, at).vars[name] = readIniValue(value, true);
  rememberSpan(inventory, ['groups', group, 'vars', name], at);
}

/** The words of a line as a shell reads them, up to a comment. Empty where a quote is not closed. */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let rest = text;
  while (rest !== '' && !rest.startsWith('#')) {
    const [whole = '', word = ''] = /^((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+)\s*/.exec(rest) ?? [];
    if (whole === '') return [];
    words.push(word);
    rest = rest.slice(whole.length);
  }
  return words.map((word) =>
    word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_, double?: string, single?: string) => double?.replace(/\\(["\\])/g, '$1') ?? single ?? '',
    ),
  );
}

const WORDS: Readonly<Record<string, Json>> = { True: true, true: true, False: false, false: false, None: null };

const QUOTED = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')$/s;
const BEFORE_COMMENT = /^((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^#"'])*?)\s*#.*$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** A value as Python reads it: numbers, True and False, texts in quotes, lists and mappings; anything else is a text. `commented`: a
 *  comment may stand behind it. As in Ansible, it belongs to a text that has no quotes. */
function readIniValue(text: string, commented = false): Json {
  const trimmed = text.trim();
  const bare = commented ? BEFORE_COMMENT.exec(trimmed)?.[1] : undefined;
  const literal = (bare === undefined ? undefined : readLiteral(bare)) ?? readLiteral(trimmed);
  return literal === undefined ? trimmed : literal.value;
}

/** The value of a literal; undefined for a text without quotes. */
function readLiteral(trimmed: string): { readonly value: Json } | undefined {
  const [quoted, double, single = ''] = QUOTED.exec(trimmed) ?? [];
  if (quoted !== undefined) return { value: (double ?? single).replace(/\\(.)/gs, (_, each: string) => ESCAPES[each] ?? each) };
  if (Object.hasOwn(WORDS, trimmed)) return { value: WORDS[trimmed] ?? null };
  if (/^-?(?:0|[1-9]\d*)$/.test(trimmed) && Number.isSafeInteger(Number(trimmed))) return { value: Number(trimmed) };
  if (/^-?\d+\.\d+$/.test(trimmed)) return { value: String(Number(trimmed)) === trimmed ? Number(trimmed) : trimmed };
  if (!/^[[{].*[\]}]$/s.test(trimmed) || trimmed.startsWith('{{')) return undefined;
  const { source, problems } = readYaml(`v: ${trimmed.replace(/\bTrue\b/g, 'true').replace(/\bFalse\b/g, 'false')}`, 'value', true);
  return problems.length > 0 ? undefined : { value: (source.value as { readonly v: Json }).v ?? null };
}
