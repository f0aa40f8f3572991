/** Something of Ansible that swarm cannot express. The message is the reason, as the report prints it. */
export class NotConvertible extends Error {}

/** Ends the conversion of a task, an expression or a part of a template, with the reason. */
export function rejectConversion(reason: string): never {
  throw new NotConvertible(reason);
}
