import { findUserName } from '../../core/program/account.ts';
import { expandPath, expandTokens, tokensOf } from './expand-config-text.ts';
import { matchCriteria, matchesPatterns } from './match-criteria.ts';
import { type ConfigReader, type ConfigSource, configError } from './read-config-file.ts';
import type { ConfigLine } from './split-config-line.ts';

/** A line that counts for a host; `order`: lines of a lower one win. */
export interface CountedLine extends ConfigLine {
  readonly order: number;
}

/** A line that would count for the host, and that swarm does not obey. */
export interface UnusedLine {
  readonly file: string;
  readonly line: number;
  /** `ProxyCommand`, `Match exec`, ... */
  readonly keyword: string;
}

/** What the files set for one name, as `ssh NAME` would find it. */
export interface ConfigValues {
  readonly name: string;
  /** HostName with its tokens filled in, in lower case; undefined: not set. */
  readonly hostName: string | undefined;
  /** The first line of each keyword. A ProxyJump that counts stands under `proxycommand` too: no ProxyCommand after it counts. */
  readonly first: ReadonlyMap<string, CountedLine>;
  readonly identityFiles: readonly CountedLine[];
  /** Match lines with a criterion that swarm does not evaluate, before lines that would change something. */
  readonly doubts: readonly UnusedLine[];
}

const MAX_DEPTH = 16; // as in OpenSSH
const SECOND_PASS = 1e9;

/** Keywords that a block in doubt would change. */
const KEYWORDS_THAT_MATTER = new Set(
  'hostname user port proxyjump proxycommand identityfile identityagent identitiesonly certificatefile addressfamily bindaddress refuseconnection'.split(
    ' ',
  ),
);

/** Reads the files from top to bottom for one name; a second time where `Match final` asks for it. `user`: as `ssh -l` gives it. */
export function evaluateConfig(sources: readonly ConfigSource[], read: ConfigReader, name: string, user: string | undefined): ConfigValues {
  const state: State = {
    read,
    name,
    user,
    host: name,
    isFinal: false,
    wantsFinal: false,
    position: 0,
    first: new Map(),
    identityFiles: [],
    doubts: new Map(),
  };
  const pass = (): void => {
    for (const { file, base } of sources) evaluateFile(state, file, base, { active: true, doubt: undefined }, 0);
  };
  pass();
  const canonicalize = state.first.get('canonicalizehostname')?.words[0]?.toLowerCase() ?? 'no';
  const hostName = expandHostName(state);
  if (state.wantsFinal || (canonicalize !== 'no' && canonicalize !== 'false')) {
    state.host = (hostName ?? name).toLowerCase();
    state.isFinal = true;
    state.position = SECOND_PASS;
    pass();
  }
  const { first, identityFiles, doubts } = state;
  return { name, hostName: hostName?.toLowerCase(), first, identityFiles, doubts: [...doubts.values()] };
}

interface State {
  readonly read: ConfigReader;
  readonly name: string;
  readonly user: string | undefined;
  /** The name, and in the second pass HostName. */
  host: string;
  isFinal: boolean;
  wantsFinal: boolean;
  /** Of the line that is read: the same for every name. */
  position: number;
  readonly first: Map<string, CountedLine>;
  readonly identityFiles: CountedLine[];
  readonly doubts: Map<string, UnusedLine>;
}

/** Whether lines count; `doubt`: the Match line that alone keeps them from it. */
interface Block {
  readonly active: boolean;
  readonly doubt: UnusedLine | undefined;
}

const INACTIVE: Block = { active: false, doubt: undefined };

function evaluateFile(state: State, file: string, base: string, outer: Block, depth: number): void {
  let block = outer;
  const isRead = outer.active || outer.doubt !== undefined;
  for (const line of state.read.lines(file)) {
    state.position++;
    if (line.keyword === 'host') block = isRead && matchesPatterns(state.host, line.words) ? outer : INACTIVE;
    else if (line.keyword === 'match') block = evaluateMatch(state, line, outer);
    else if (line.keyword === 'include') evaluateInclude(state, line, base, block, depth);
    else if (block.active) countLine(state, line);
    else if (block.doubt !== undefined && wouldChange(state, line))
      state.doubts.set(`${block.doubt.file}:${block.doubt.line}`, block.doubt);
  }
}

function evaluateMatch(state: State, line: ConfigLine, outer: Block): Block {
  const { holds, doubt, wantsFinal } = matchCriteria(line, {
    host: currentHost(state),
    originalHost: state.name,
    user: currentUser(state),
    tag: state.first.get('tag')?.words[0] ?? '',
    isFinal: state.isFinal,
  });
  state.wantsFinal ||= wantsFinal;
  if (!outer.active && outer.doubt === undefined) return INACTIVE;
  if (doubt !== undefined) return { active: false, doubt: outer.doubt ?? { file: line.file, line: line.line, keyword: `Match ${doubt}` } };
  return holds ? outer : INACTIVE;
}

function evaluateInclude(state: State, { file, line, words }: ConfigLine, base: string, block: Block, depth: number): void {
  if (depth >= MAX_DEPTH) throw configError(file, line, `Include is nested more than ${MAX_DEPTH} levels deep`);
  for (const word of words) {
    const pattern = /%|\$\{/.test(word) ? expandTokens(word, currentTokens(state)) : word;
    for (const found of pattern === undefined ? [] : state.read.files(expandPath(pattern, base))) {
      evaluateFile(state, found, base, block, depth + 1);
    }
  }
}

function countLine(state: State, line: ConfigLine): void {
  const counted = { ...line, order: state.position };
  if (line.keyword === 'identityfile') {
    if (!state.identityFiles.some(({ words }) => words[0] === line.words[0])) state.identityFiles.push(counted);
    return;
  }
  if (state.isFinal && line.keyword === 'hostname') return; // taken into use before
  if (line.keyword === 'connecttimeout' && line.words[0]?.toLowerCase() === 'none') return; // OpenSSH takes a later value
  if (!isFree(state, line.keyword)) return;
  state.first.set(line.keyword, counted);
  if (line.keyword === 'proxyjump' && !isNone(line.text)) state.first.set('proxycommand', counted);
}

/** No line of the keyword has counted yet. A ProxyCommand, even `none`, rules out each ProxyJump after it. */
const isFree = ({ first }: State, keyword: string): boolean =>
  !first.has(keyword) && !(keyword === 'proxyjump' && first.has('proxycommand'));

const wouldChange = (state: State, { keyword }: ConfigLine): boolean =>
  KEYWORDS_THAT_MATTER.has(keyword) && (keyword === 'identityfile' || isFree(state, keyword));

const isNone = (text: string): boolean => /^[ \t=]*none\s*(#|$)/i.test(text);

/** The ProxyJump line that counts, and the ProxyCommand line. */
export function findProxyLines({ first }: Pick<ConfigValues, 'first'>): { readonly jump?: CountedLine; readonly command?: CountedLine } {
  const [jump, command] = [first.get('proxyjump'), first.get('proxycommand')];
  const isCommand = command?.keyword === 'proxycommand';
  const isRuledOut = jump !== undefined && isCommand && command.order < jump.order;
  return {
    ...(jump === undefined || isRuledOut || isNone(jump.text) ? {} : { jump }),
    ...(isCommand && !isNone(command.text) ? { command } : {}),
  };
}

/** HostName knows `%h` and `%%` only. */
function expandHostName({ first, name }: State): string | undefined {
  const text = first.get('hostname')?.words[0];
  return text === undefined ? undefined : (expandTokens(text, { '%': '%', h: name }, false) ?? text);
}

const currentHost = (state: State): string => (state.isFinal ? state.host : (expandHostName(state) ?? state.name));
const currentUser = ({ user, first }: State): string => user ?? first.get('user')?.words[0] ?? findUserName() ?? '';

const currentTokens = (state: State): Readonly<Record<string, string>> =>
  tokensOf({
    original: state.name,
    host: currentHost(state),
    port: Number(state.first.get('port')?.words[0] ?? 22),
    user: currentUser(state),
    alias: state.first.get('hostkeyalias')?.words[0] ?? currentHost(state),
  });
