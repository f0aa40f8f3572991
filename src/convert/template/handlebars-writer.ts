/** Builds the text of a Handlebars template whose output is exact: Handlebars removes a line that holds one tag alone. */
export interface HandlebarsWriter {
  /** Text of the output. */
  text(text: string): void;
  /** `{{ value }}`. Handlebars removes no white space around it. */
  value(source: string): void;
  /** A tag of a block, or a comment. `ownLine`: it stood at the end of its line in the source. `counts`: whether Handlebars takes it for
   *  the beginning of a line, where that is not what is before it. */
  tag(source: string, ownLine: boolean, counts?: boolean): void;
  /** Tells, once the next tag is written with what follows it, whether nothing but white space is before it on its line. */
  watchLine(): () => boolean;
  finish(): string;
}

/** A place in the text; `isBlank` where it is stored already: whether nothing but white space is before it on its line. */
interface Mark {
  at: number;
  isBlank?: boolean;
}

interface WriterState {
  /** What nothing changes any more, so that each step looks at the last lines alone. */
  readonly stored: string[];
  /** Whether the part of the last line that is stored has more than white space. */
  hasStoredText: boolean;
  out: string;
  /** The end of the last tag that began its line. */
  lineTag: number;
  /** A tag that was just written at the beginning of a line; what follows decides whether it needs a line break. `inLine`: it is not at
   *  the beginning, but Handlebars takes it for that. */
  pending: { readonly ownLine: boolean; readonly inLine?: true } | undefined;
  /** White space that stands alone before a tag on its line. */
  indent: { readonly at: number; readonly text: string } | undefined;
  readonly marks: Set<Mark>;
}

/** A writer for one template. */
export function createHandlebarsWriter(): HandlebarsWriter {
  const state: WriterState = {
    ...{ stored: [], hasStoredText: false, out: '', lineTag: 0, pending: undefined, indent: undefined },
    marks: new Set(),
  };
  return {
    text(text) {
      if (text === '') return;
      settle(state, text);
      const isBehindTag = state.out.endsWith('}}') && text.startsWith('}');
      state.out += isBehindTag ? `{{ raw "}" }}${escapeBraces(text.slice(1))}` : escapeBraces(text);
      storeLines(state);
    },
    value(source) {
      settle(state, 'x');
      protectEnd(state);
      state.out += source;
      storeLongLine(state);
    },
    watchLine() {
      settle(state, '{');
      const mark: Mark = { at: state.out.length };
      state.marks.add(mark);
      return () => {
        state.marks.delete(mark);
        return mark.isBlank ?? isLineBlank(state, mark.at);
      };
    },
    tag(source, ownLine, counts) {
      settle(state, '{');
      beginTag(state, ownLine, counts);
      protectEnd(state);
      state.out += source;
      if (state.pending !== undefined) state.lineTag = state.out.length;
      storeLongLine(state);
    },
    finish: () => finishText(state),
  };
}

const lineStart = ({ out }: WriterState, end: number): string => out.slice(out.lastIndexOf('\n', end - 1) + 1, end);

const isLineBlank = (state: WriterState, end: number): boolean =>
  /^[ \t]*$/.test(lineStart(state, end)) && !(state.hasStoredText && !state.out.slice(0, end).includes('\n'));

/** Notes what the next text decides about a tag. */
function beginTag(state: WriterState, ownLine: boolean, counts: boolean | undefined): void {
  const { length } = state.out;
  const before = lineStart(state, length);
  const begins = isLineBlank(state, length);
  if (counts === true && !begins) state.pending = { ownLine: false, inLine: true };
  else if (begins && counts !== false) {
    state.indent = before === '' ? undefined : { at: length - before.length, text: before };
    state.pending = { ownLine };
  }
}

/** Ends the last tag by what follows it. */
function settle(state: WriterState, next: string): void {
  const { pending, indent } = state;
  if (pending === undefined) return;
  const isAlone = /^[ \t]*\r?\n/.test(next);
  if (pending.inLine === true) state.out += isAlone ? '{{ raw "" }}' : '';
  else if (indent !== undefined) {
    // the tag must not stand alone, or Handlebars removes the white space before it
    if (isAlone) keepIndent(state, indent);
  } else if (isAlone || pending.ownLine) state.out += '\n';
  state.pending = undefined;
  state.indent = undefined;
}

function keepIndent(state: WriterState, { at, text }: { readonly at: number; readonly text: string }): void {
  const kept = `{{ raw "${text}" }}`;
  state.out = state.out.slice(0, at) + kept + state.out.slice(at + text.length);
  for (const mark of state.marks) if (mark.at > at) mark.at += kept.length - text.length;
}

/** Handlebars reads a backslash before a tag as its own; two are one. A brace before a tag would be a part of it. */
function protectEnd(state: WriterState): void {
  const { out } = state;
  if (out.endsWith('\\')) state.out += '\\';
  else if (out.endsWith('{')) state.out = `${out.slice(0, -1)}{{ raw "{" }}`;
}

function storeLines(state: WriterState): void {
  const end = state.out.lastIndexOf('\n') + 1;
  if (end > 0 && state.pending === undefined) storeUpTo(state, end);
}

const LONG_LINE = 4096;

/** A long line is stored too, but for the characters that what follows is compared with. */
function storeLongLine(state: WriterState): void {
  const { out, lineTag, pending } = state;
  const end = out.length - 2;
  if (end > LONG_LINE && pending === undefined && !isLineBlank(state, end) && /[^ \t]/.test(out.slice(lineTag, end))) storeUpTo(state, end);
}

function storeUpTo(state: WriterState, end: number): void {
  for (const mark of state.marks) {
    if (mark.isBlank === undefined && mark.at < end) mark.isBlank = isLineBlank(state, mark.at);
    mark.at -= end;
  }
  state.hasStoredText = !isLineBlank(state, end);
  state.lineTag = Math.max(0, state.lineTag - end);
  state.stored.push(state.out.slice(0, end));
  state.out = state.out.slice(end);
}

function finishText(state: WriterState): string {
  const { out, lineTag } = state;
  const tail = lineTag > 0 ? out.slice(lineTag) : '';
  if (/^[ \t]+$/.test(tail)) state.out = `${out.slice(0, lineTag)}{{ raw "${tail}" }}`; // the end of the text counts as one of a line
  if (state.pending?.inLine === true || (state.pending !== undefined && state.indent !== undefined)) settle(state, '\n');
  else if (state.pending?.ownLine === true) state.out += '\n';
  return state.stored.join('') + state.out;
}

/** Text that Handlebars would read as a tag. */
const escapeBraces = (text: string): string =>
  text.replace(/(\\*)\{\{/g, (_, slashes: string) => (slashes === '' ? '\\{{' : `${slashes}\\{{ raw "{{" }}`));
