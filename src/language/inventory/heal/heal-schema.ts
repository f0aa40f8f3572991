import { z } from 'zod';
import { HEAL_STEPS, SHORTEST_REBOOT_WAIT_MS } from '../../../core/inventory/heal.ts';
import { parseMilliseconds } from '../../schema/parse-units.ts';

const STEP = 'takes clean, { restart: [SERVICE] } or reboot';
const service = z.string('takes the name of a service: sshd').regex(/^[A-Za-z0-9][\w.@:-]*$/, 'takes the name of a service: sshd');
const restart = z.strictObject({
  restart: z.array(service, 'takes a list of services: [sshd]').min(1, 'takes a list of services: [sshd]'),
});
const isRestart = (input: unknown): boolean => typeof input === 'object' && input !== null && Object.keys(input).join() === 'restart';
const step = z.union([z.enum(['clean', 'reboot']), restart], {
  error: ({ input }) => (isRestart(input) ? undefined : STEP), // inside of restart: the exact place is known
});

/** A time for which a step is not done again. */
const wait = (step: string, shortestMs: number, form: string, example: string) =>
  z
    .union([z.string(), z.number()], { error: form })
    .refine((value) => (parseMilliseconds(value) ?? 0) >= shortestMs, form)
    .optional()
    .meta({ description: `for how long ${step} is not repeated`, examples: [example] });

/** What swarm may do to a drone that fails for its own fault, on `defaults`, a group or a host. The one of the host wins. */
export const healing = {
  heal: z
    .array(step, 'takes a list: [clean, restart: [sshd], reboot], or [] for none')
    .superRefine((steps, context) => {
      const ranks = steps.map((each) => HEAL_STEPS.indexOf(typeof each === 'string' ? each : 'restart'));
      const wrong = ranks.findIndex((rank, index) => index > 0 && rank <= (ranks[index - 1] ?? 0));
      const message = 'must come in the order clean, restart, reboot, each once';
      if (wrong >= 0) context.addIssue({ code: 'custom', path: [wrong], message });
    })
    .optional()
    .describe('What to do with a drone that fails for its own fault: clean, { restart: [SERVICE] }, reboot'),
  heal_after: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'How many different items must fail on it in a row before a step is done. Default: 3', examples: [5] }),
  heal_wait: z
    .strictObject({
      clean: wait('cleaning', 60_000, 'takes a duration from 1m: 30m, 2h', '30m'),
      restart: wait('a restart', 60_000, 'takes a duration from 1m: 30m, 2h', '2h'),
      reboot: wait('a reboot', SHORTEST_REBOOT_WAIT_MS, 'takes a duration from 24h: 24h, 3d', '3d'),
    })
    .optional()
    .meta({ description: 'For how long a step is not repeated. Default: clean 1h, restart 6h, reboot 24h', examples: [{ reboot: '3d' }] }),
};
