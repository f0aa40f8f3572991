import { parseAtom } from './atom.ts';

/** A dependency that names the slot and sub-slot that a package was built against. */
export interface BuiltSlot {
  /** Category and name. */
  readonly name: string;
  readonly slot: string;
  readonly subSlot: string;
}

const BUILT = /:[^:[\s]+\/[^:[\s]+=/;

/** The recorded slots (`cat/name:slot/sub=`) of a dependency text, blockers left out. */
export function findBuiltSlots(text: string): readonly BuiltSlot[] {
  if (!BUILT.test(text)) return []; // most have none
  return text.split(/\s+/).flatMap((word): readonly BuiltSlot[] => {
    if (!BUILT.test(word)) return [];
    const atom = parseAtom(word);
    if (atom.kind === 'set' || atom.blocks !== undefined || atom.slotOperator !== '=') return [];
    const { slot, subSlot } = atom;
    return slot === undefined || subSlot === undefined ? [] : [{ name: `${atom.category}/${atom.name}`, slot, subSlot }];
  });
}
