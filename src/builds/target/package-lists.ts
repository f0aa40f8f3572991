import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError, ValidationError } from '../../core/error/swarm-error.ts';
import { readLocalText } from '../../core/files/read-local-file.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Span } from '../../core/span.ts';
import { parseRequestAtom } from '../../gentoo/atom/request-atom.ts';

/** The atoms and sets of a target's `packages:`, files read. Throws ValidationError with every bad entry and line, SW1205 where the
 *  list is empty. */
export function readPackageLists(project: string, target: Target): readonly string[] {
  const { atoms, problems } = readLists(project, target);
  if (problems.length > 0) throw new ValidationError(problems);
  if (atoms.length > 0) return [...new Set(atoms)];
  throw new SwarmError('SW1205', `no packages were named, and target ${target.name} has no package list`, {
    at: target.at,
    hint: `Name packages, for example: swarm run build app-misc/jq. Or give the target a list: packages: [packages/${target.name}.txt]`,
  });
}

/** Throws ValidationError with everything that is wrong in the package lists of these targets. */
export function checkPackageLists(project: string, targets: readonly Target[]): void {
  const problems = targets.flatMap((target) => readLists(project, target).problems);
  const places = new Set<string>(); // a file of several targets is reported once
  const each = problems.filter(({ message, at }) => {
    const place = JSON.stringify([message, at?.file, at?.line]);
    return !places.has(place) && places.add(place);
  });
  if (each.length > 0) throw new ValidationError(each);
}

interface PackageLists {
  readonly atoms: readonly string[];
  readonly problems: readonly SwarmError[];
}

function readLists(project: string, { packages, packagesAt = [], at }: Target): PackageLists {
  const lists = packages.map((entry, i) => {
    if (isAtom(entry)) return { atoms: [entry], problems: [] };
    const file = resolve(project, entry);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile())
      return { atoms: [], problems: [noFileError(project, entry, packagesAt[i] ?? at)] };
    return readListFile(project, file);
  });
  return { atoms: lists.flatMap(({ atoms }) => atoms), problems: lists.flatMap(({ problems }) => problems) };
}

/** A path ends in a suffix or names a folder of its own. */
const isPath = (entry: string): boolean => /\.(txt|list|packages)$|^\.{0,2}\//.test(entry);
/** `@world`, `cat/name`, `>=cat/name-1.2`. */
const isAtom = (entry: string): boolean => entry.startsWith('@') || (!isPath(entry) && findAtomFault(entry) === undefined);

/** What is wrong with an atom. */
function findAtomFault(text: string): SwarmError | undefined {
  try {
    parseRequestAtom(text);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown;
    throw thrown;
  }
}

/** Neither a file nor an atom. */
function noFileError(project: string, entry: string, at: Span | undefined): SwarmError {
  const file = resolve(project, entry);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    const hint = `Name its files: packages: [${
      listNames(file)
        .map((name) => join(entry, name))
        .join(', ') || join(entry, 'NAME.txt')
    }]`;
    return new SwarmError('SW1308', `the package list ${entry} is a folder`, { at, hint });
  }
  const names = listNames(dirname(file));
  if (names.includes(basename(file)))
    return new SwarmError('SW1308', `the package list ${entry} is not a file`, { at, hint: 'Name a file with one atom a line.' });
  const near = closestName(basename(file), names);
  const fault = isPath(entry) ? undefined : findAtomFault(entry);
  const make = `Make the file ${entry}, with one atom a line, or remove it from packages:`;
  const hint = near === undefined ? (fault?.hint ?? make) : `Did you mean \`${join(dirname(entry), near)}\`?`;
  const message = fault === undefined ? `there is no package list ${entry}` : `there is no package list, and ${fault.message}`;
  return new SwarmError('SW1308', message, { at, hint });
}

const listNames = (folder: string): readonly string[] =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];

function readListFile(project: string, file: string): PackageLists {
  const atoms: string[] = [];
  const problems: SwarmError[] = [];
  const text = readLocalText(file);
  if (/[\0\uFFFD]/.test(text)) return { atoms, problems: [noTextError(project, file)] };
  for (const [index, written] of text.split(/\r\n|[\r\n]/).entries()) {
    const line = written.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const fault = findAtomFault(line);
    if (fault === undefined) {
      atoms.push(line);
      continue;
    }
    const column = written.indexOf(line) + 1;
    const at = { file: relative(project, file), line: index + 1, column, length: line.length, text: written };
    problems.push(new SwarmError('SW1308', fault.message, { at, hint: fault.hint }));
  }
  return { atoms, problems };
}

/** One problem for the file: each line would be one otherwise. */
const noTextError = (project: string, file: string): SwarmError =>
  new SwarmError('SW1308', `the package list ${relative(project, file)} is not text in UTF-8`, {
    hint: 'Save it as UTF-8, with one atom a line.',
  });
