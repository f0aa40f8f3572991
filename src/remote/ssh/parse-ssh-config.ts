import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Directive, Line, Section } from 'ssh-config';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { expandGlob, expandPath } from './ssh-config-paths.ts';

/** A line that would run a program, or that swarm has no equal for. It is reported and never obeyed. */
export interface IgnoredDirective {
  readonly file: string;
  readonly line: number;
  /** `ProxyCommand`, `Match exec`, … */
  readonly keyword: string;
}

const UNSUPPORTED_KEYWORDS =
  /^\s*(ProxyCommand|KnownHostsCommand|LocalCommand|RemoteCommand|PKCS11Provider|SecurityKeyProvider|ForkAfterAuthentication)\b/i;

const UNSUPPORTED_CRITERIA = /^\s*Match\b.*?\b(exec|final|canonical|localnetwork|tagged|command|sessiontype|version)\b/i;

const MAX_DEPTH = 16; // as in OpenSSH

/** One line of the file, or a group of lines. */
export type ConfigNode = { readonly kind: 'setting'; readonly key: string; readonly values: readonly string[] } | ConfigGroup;

/** Lines under one condition: a Host or Match block, or an included file (no condition of its own). */
export interface ConfigGroup {
  readonly kind: 'group';
  readonly host?: readonly string[];
  readonly match?: readonly string[];
  readonly children: readonly ConfigNode[];
}

/** The lines of a file and of what it includes. Lines that swarm never obeys are added to `ignored`. */
export function readConfigFile(file: string, base: string, ignored: IgnoredDirective[], depth: number): readonly ConfigNode[] {
  if (depth > MAX_DEPTH) throw new SwarmError('SW5003', `${file}: Include is nested more than ${MAX_DEPTH} levels deep`);
  let text: string;
  let parsed: readonly Line[];
  try {
    text = readFileSync(file, 'utf8');
    parsed = loadParser().parse(text);
  } catch (error) {
    throw new SwarmError('SW5003', `${file}: ${(error as Error).message}`, { hint: 'Run: ssh -G localhost', cause: error });
  }
  for (const [index, line] of text.split('\n').entries()) {
    const keyword =
      UNSUPPORTED_KEYWORDS.exec(line)?.[1] ??
      (UNSUPPORTED_CRITERIA.test(line) ? `Match ${UNSUPPORTED_CRITERIA.exec(line)?.[1]}` : undefined);
    if (keyword !== undefined) ignored.push({ file, line: index + 1, keyword });
  }
  const nodes = (all: readonly Line[]): readonly ConfigNode[] =>
    all.filter(isDirective).map((line): ConfigNode => {
      const values = directiveValues(line);
      const key = line.param.toLowerCase();
      if (key === 'host') return { kind: 'group', host: values, children: nodes((line as Section).config ?? []) };
      if (key === 'match') return { kind: 'group', match: values, children: nodes((line as Section).config ?? []) };
      if (key !== 'include') return { kind: 'setting', key, values };
      const files = values.flatMap((each) => expandGlob(expandPath(each, base)));
      return { kind: 'group', children: files.flatMap((each) => readConfigFile(each, base, ignored, depth + 1)) };
    });
  return nodes(parsed);
}

/** Loaded only where the user has a configuration file. */
const loadParser = (): typeof import('ssh-config') => createRequire(import.meta.url)('ssh-config');

const isDirective = (line: Line): line is Directive => line.type === loadParser().LineType.DIRECTIVE;

const directiveValues = ({ value }: Directive): readonly string[] => (typeof value === 'string' ? [value] : value.map(({ val }) => val));
