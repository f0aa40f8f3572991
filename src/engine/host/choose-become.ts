import type { Become, Login } from '../../core/inventory/login.ts';

/** What the task or the play says, else the login. Where it names no method, the one of the host counts. */
export function chooseBecome(asked: Become | false | undefined, { become, becomeMethod }: Login): Become | undefined {
  if (asked === undefined) return become;
  if (asked === false) return undefined;
  const { assumedMethod, ...named } = asked;
  return assumedMethod === true && becomeMethod !== undefined ? { ...named, method: becomeMethod } : named;
}
