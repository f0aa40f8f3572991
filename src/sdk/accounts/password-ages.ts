import { z } from 'zod';
import type { Change, Probe } from '../../core/module.ts';
import type { Account } from '../host-account.ts';
import { runScript } from '../host-script.ts';
import { requireProgram } from '../missing-program.ts';

const days = z.int().min(-1).optional();

/** The args of the module user for the age of its password, in days. */
export const passwordAgeArgs = {
  password_expire_min: days.describe('Least days between two changes of the password'),
  password_expire_max: days.describe('Days for which the password counts; -1: for ever'),
  password_expire_warn: days.describe('Days before its end from which the user is warned'),
  password_expire_account_disable: days.describe('Days after its end until the account is locked; -1: never'),
};

type WantedAges = { readonly [K in keyof typeof passwordAgeArgs]?: number | undefined } & { readonly name: string };

/** The change of the ages of a password; undefined where they are as wanted. Throws where the host has no chage. */
export async function passwordAgeChange(probe: Probe, wanted: WantedAges, found: Account | undefined): Promise<Change | undefined> {
  const { name } = wanted;
  const options = changedAges(wanted, found);
  if (options.length === 0) return undefined;
  await requireProgram(probe, ['chage'], `user ${name}`);
  return {
    verb: 'update',
    subject: `age of the password of ${name}`,
    apply: async (remote) => void (await runScript(remote, 'exec chage "$@"', [...options, '--', name], `user ${name}`)),
  };
}

/** The words of chage for what differs. An age that is not set is one of -1. */
function changedAges(wanted: WantedAges, found: Account | undefined): readonly string[] {
  const rows = [
    ['-m', wanted.password_expire_min],
    ['-M', wanted.password_expire_max],
    ['-W', wanted.password_expire_warn],
    ['-I', wanted.password_expire_account_disable],
  ] as const;
  const current = (at: number): number | undefined => (found === undefined ? undefined : Number(found.passwordAges[at] || '-1'));
  return rows.flatMap(([option, value], at) => (value === undefined || value === current(at) ? [] : [option, String(value)]));
}
