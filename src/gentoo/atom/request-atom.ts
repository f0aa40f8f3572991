import { SwarmError } from '../../core/error/swarm-error.ts';
import { type Atom, parseAtom } from './atom.ts';

/** Reads an atom or a @set that a person asks to build. Throws SW1201 also for what only a dependency can have: `!cat/name`, `[flag?]`. */
export function parseRequestAtom(text: string): Atom {
  const atom = parseAtom(text);
  if (atom.kind === 'set') return atom;
  if (atom.blocks !== undefined)
    throw refuse(text, 'it forbids a package', `To leave the package out, use: --exclude ${atom.category}/${atom.name}`);
  const conditional = atom.use.find(({ kind }) => kind !== 'on' && kind !== 'off');
  if (conditional !== undefined)
    throw refuse(text, `[${conditional.flag}] depends on another package`, `Write [${conditional.flag}] or [-${conditional.flag}].`);
  return atom;
}

/** Whether a text is an atom or a @set that can be asked for. */
export function isRequestAtom(text: string): boolean {
  try {
    parseRequestAtom(text);
    return true;
  } catch {
    return false;
  }
}

const refuse = (text: string, why: string, hint: string): SwarmError =>
  new SwarmError('SW1201', `${JSON.stringify(text)} cannot be built: ${why}`, { hint });
