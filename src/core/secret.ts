import { inspect } from 'node:util';

/** What stands in the place of a value that is not shown. */
export const SECRET_MASK = '••••';

/** A value that no screen, journal, error or JSON may show; only a transport calls `reveal`. */
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
