/** Something of Ansible that swarm cannot express. The message is the reason, as the report prints it. */
export class NotConvertible extends Error {}

/** A file that is not YAML, and the line of the fault. */
export class NotYaml extends NotConvertible {
  readonly line: number;

  constructor(message: string, line: number) {
    super(`not YAML: ${message}`);
    this.line = line;
  }
}

/** A step that could be converted as a task, and not as a handler. */
export class NoHandler extends NotConvertible {
  constructor(step: string) {
    super(`${step} among handlers`);
  }
}

/** Ends the conversion of a task, an expression or a part of a template, with the reason. */
export function rejectConversion(reason: string): never {
  throw new NotConvertible(reason);
}
