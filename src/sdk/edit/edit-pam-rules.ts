/** What makes two rules of a service of PAM the same. */
export interface PamRuleKey {
  readonly type: string;
  readonly control: string;
  readonly path: string;
}

/** What is to become of the rules that match. */
export type PamEdit =
  | { readonly do: 'change'; readonly to: Partial<PamRuleKey>; readonly arguments?: readonly string[] | undefined }
  | { readonly do: 'insert'; readonly at: 'before' | 'after'; readonly rule: PamRuleKey; readonly arguments: readonly string[] }
  | { readonly do: 'add arguments' | 'remove arguments'; readonly arguments: readonly string[] }
  | { readonly do: 'remove' };

interface PamRule extends PamRuleKey {
  readonly arguments: readonly string[];
}

/** A rule, or a line that is none: a comment, an empty line, an include. */
interface PamLine {
  /** As it stands in the file; a rule that goes on in the next line has both. */
  readonly raw: string;
  readonly rule?: PamRule;
}

const RULE = /^\s*(-?\w+)\s+(\[[^\]]*\]|[^\s[]\S*)\s+(\S+)\s*(.*)$/;

/** The words of a rule. What is in brackets is one word, with its blanks. */
export const splitPamWords = (text: string): readonly string[] => text.match(/\[(?:\\\]|[^\]])*\]|[^\s[]\S*/g) ?? [];

/** The text of a file of /etc/pam.d with this edit of each rule that matches, and how many match. */
export function editPamRules(text: string, key: PamRuleKey, edit: PamEdit): { readonly text: string; readonly matched: number } {
  const lines = readLines(text);
  const matching = lines.filter(({ rule }) => rule !== undefined && isSameRule(rule, key));
  const next = lines.flatMap((line, at) => (matching.includes(line) && line.rule ? editRule(lines, at, line, line.rule, edit) : [line]));
  const isChanged = next.length !== lines.length || next.some((line, at) => line !== lines[at]);
  return { text: isChanged ? next.map(({ raw }) => `${raw}\n`).join('') : text, matched: matching.length };
}

/** A line that ends with a backslash goes on in the next one. */
const LINE = /(?:[^\n]*\\\n)*(?:[^\n]*\n|[^\n]+$)/g;

const readLines = (text: string): readonly PamLine[] => (text.match(LINE) ?? []).map((line) => readLine(line.replace(/\n$/, '')));

function readLine(raw: string): PamLine {
  if (/^\s*(?:#|@|$)/.test(raw)) return { raw };
  const [, type, control, path, rest = ''] = RULE.exec(raw.replace(/\\\n/g, ' ').replace(/#.*$/, '')) ?? [];
  if (type === undefined || control === undefined || path === undefined) return { raw };
  return { raw, rule: { type, control, path, arguments: splitPamWords(rest) } };
}

/** `[success=1 default=ignore]` with one blank between its words, and none around = and inside the brackets. */
const plainControl = (control: string): string =>
  control
    .replace(/\s*=\s*/g, '=')
    .replace(/\s+/g, ' ')
    .replace('[ ', '[')
    .replace(' ]', ']')
    .toLowerCase();

const isSameRule = (one: PamRuleKey, other: PamRuleKey): boolean =>
  one.type === other.type && plainControl(one.control) === plainControl(other.control) && one.path === other.path;

const toLine = (rule: PamRule): PamLine => ({
  raw: [rule.type.padEnd(10), rule.control, rule.path, ...rule.arguments].join(' '),
  rule,
});

function editRule(lines: readonly PamLine[], at: number, line: PamLine, rule: PamRule, edit: PamEdit): readonly PamLine[] {
  switch (edit.do) {
    case 'remove':
      return [];
    case 'insert': {
      const neighbours = edit.at === 'before' ? lines.slice(0, at).reverse() : lines.slice(at + 1);
      const next = neighbours.find(({ raw, rule: other }) => other !== undefined || /^\s*@/.test(raw))?.rule;
      if (next !== undefined && isSameRule(next, edit.rule)) return [line];
      const added = toLine({ ...edit.rule, arguments: edit.arguments });
      return edit.at === 'before' ? [added, line] : [line, added];
    }
    case 'change':
      return [changeRule(line, rule, { ...rule, ...edit.to, arguments: edit.arguments ?? rule.arguments })];
    case 'add arguments':
      return [changeRule(line, rule, { ...rule, arguments: addArguments(rule.arguments, edit.arguments) })];
    case 'remove arguments':
      return [changeRule(line, rule, { ...rule, arguments: rule.arguments.filter((each) => !edit.arguments.includes(each)) })];
    default:
      return edit satisfies never;
  }
}

const changeRule = (line: PamLine, rule: PamRule, wanted: PamRule): PamLine =>
  isSameRule(rule, wanted) && JSON.stringify(rule.arguments) === JSON.stringify(wanted.arguments) ? line : toLine(wanted);

/** `NAME=VALUE` takes the place of another value of the name. */
function addArguments(found: readonly string[], wanted: readonly string[]): readonly string[] {
  let all = found;
  for (const each of wanted) {
    const name = /^([^=[]+)=/.exec(each)?.[1];
    const at = all.findIndex((old) => old === each || (name !== undefined && old.startsWith(`${name}=`)));
    all = at < 0 ? [...all, each] : all.with(at, each);
  }
  return all;
}
