import { emitKeypressEvents } from 'node:readline';

/** A key: `text` is what it types (empty for arrows and the like), `name` is `up`, `return`, `escape`, `^c`, … */
export interface KeyPress {
  readonly name: string;
  readonly text: string;
}

type KeyInput = NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

const KEY_NAMES: Readonly<Record<string, string>> = { enter: 'return' };

/** Reads keys one by one, with the terminal in raw mode. Returns a function that stops it. */
export function readKeys(input: KeyInput, onKey: (key: KeyPress) => void): () => void {
  const listen = (text: string | undefined, key: { name?: string; ctrl?: boolean; meta?: boolean; sequence?: string } = {}): void => {
    const name = key.name ?? '';
    if (key.ctrl === true) onKey({ name: `^${name}`, text: '' });
    else if (text !== undefined && text.length > 0 && text >= ' ' && text !== '\x7f' && key.meta !== true) onKey({ name, text });
    else onKey({ name: KEY_NAMES[name] ?? name, text: '' });
  };
  emitKeypressEvents(input);
  if (input.isTTY === true) input.setRawMode?.(true);
  input.on('keypress', listen);
  input.resume();
  return () => {
    input.off('keypress', listen);
    if (input.isTTY === true) input.setRawMode?.(false);
    input.pause();
  };
}
