import { maskText } from '../mask.ts';

/** What SWARM_DEBUG can name. */
export const DEBUG_AREAS = ['routes', 'ssh', 'session', 'jobs'] as const;
export type DebugArea = (typeof DEBUG_AREAS)[number];

/** The areas of a value of SWARM_DEBUG, such as `ssh,routes` or `all`; an unknown name is ignored. */
export function parseDebugAreas(value: string | undefined): ReadonlySet<DebugArea> {
  const names = new Set((value ?? '').split(',').map((name) => name.trim()));
  return new Set(names.has('all') ? DEBUG_AREAS : DEBUG_AREAS.filter((area) => names.has(area)));
}

const enabled = parseDebugAreas(process.env['SWARM_DEBUG']);

/** Whether SWARM_DEBUG names the area. */
export const isDebugging = (area: DebugArea): boolean => enabled.has(area);

/** One line on stderr where SWARM_DEBUG names the area: time, area, host, text. Secrets are masked. */
export function debugLog(area: DebugArea, host: string, text: () => string): void {
  if (enabled.has(area)) process.stderr.write(`${formatDebugLine(new Date(), area, host, text())}\n`);
}

/** Control characters are replaced, so that a host cannot write to the terminal. */
export function formatDebugLine(time: Date, area: DebugArea, host: string, text: string): string {
  return maskText(`${time.toISOString().slice(11, 23)} ${area} ${host}: ${text}`).replace(/[\p{Cc}\p{Cf}]/gu, '?');
}
