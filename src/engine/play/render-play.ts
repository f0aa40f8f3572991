import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import { renderTemplates } from '../../language/template/template.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { requireBoolean } from '../task/render-flags.ts';
import { playSettings } from '../task/task-settings.ts';
import { renderNumber } from '../variables/render-number.ts';
import { collectVariables } from '../variables/variables.ts';

/** The play with the values of its templates, which are asked on its first host. Throws SW6014 for a wrong one. */
export function renderPlay(context: RunContext, play: Play, hostRuns: readonly HostRun[]): Play {
  const { templates, at } = play;
  const [first] = hostRuns;
  if (templates === undefined || first === undefined) return play;
  const settings = playSettings(
    play,
    hostRuns.map(({ host }) => host.name),
  );
  const variables = collectVariables(context, first, settings, at);
  const render = (value: Json): Json => renderTemplates(value, variables, { at });
  const flag = (value: Json | undefined, keyword: string, before: boolean): boolean =>
    value === undefined ? before : requireBoolean(render(value), keyword, at);
  const { serial, max_fail_percentage: limit } = templates;
  return {
    ...play,
    anyErrorsFatal: flag(templates.any_errors_fatal, 'any_errors_fatal', play.anyErrorsFatal),
    forceHandlers: flag(templates.force_handlers, 'force_handlers', play.forceHandlers),
    runOnce: flag(templates.run_once, 'run_once', play.runOnce),
    ignoreUnreachable: flag(templates.ignore_unreachable, 'ignore_unreachable', play.ignoreUnreachable),
    ...(serial === undefined ? {} : { serial: [render(serial)].flat().map((value) => readBatch(value as Json, at)) }),
    ...(limit === undefined
      ? {}
      : { maxFailPercentage: renderNumber(render(limit) as string, () => variables, at, 'max_fail_percentage') }),
  };
}

function readBatch(value: Json, at: Play['at']): Play['serial'][number] {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number > 0) return number;
  if (typeof value === 'string' && /^\d+%$/.test(value)) return value as `${number}%`;
  throw new SwarmError('SW6014', `serial: must be a number of hosts or "30%", not ${JSON.stringify(value)}`, { at });
}
