import { inspect } from 'node:util';

/** The text shown instead of a secret. */
export const SECRET_MASK = '••••';

/** A value that must not appear on a screen, in a journal, an error or JSON. Only a transport calls `reveal`. */
export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SECRET_MASK;
  }

  toJSON(): string {
    return SECRET_MASK;
  }

  [inspect.custom](): string {
    return SECRET_MASK;
  }
}
