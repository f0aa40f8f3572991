import type { Key } from 'ink';
import type { KeyPress } from './read-keys.ts';

/** The keys of one input event of Ink. Text that is pasted arrives in one event: each character is a key. */
export function toKeyPresses(input: string, key: Key): readonly KeyPress[] {
  const name = keyName(key);
  if (name !== undefined) return [{ name, text: '' }];
  if (key.ctrl) return [{ name: `^${input}`, text: '' }];
  return key.meta ? [] : [...input].map(characterKey);
}

/** Ink calls the byte that most terminals send for backspace "delete". */
function keyName(key: Key): string | undefined {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'return';
  if (key.escape) return 'escape';
  if (key.tab) return 'tab';
  return key.backspace || key.delete ? 'backspace' : undefined;
}

function characterKey(character: string): KeyPress {
  if (character === '\r' || character === '\n') return { name: 'return', text: '' };
  if (character === '\x7f' || character === '\b') return { name: 'backspace', text: '' };
  if (character === '\t') return { name: 'tab', text: '' };
  return character < ' ' ? { name: '', text: '' } : { name: character, text: character };
}
