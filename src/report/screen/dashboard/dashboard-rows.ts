import type { DashboardData } from './dashboard-data.ts';

const FIXED_ROWS = 7; // header and rule, three facts, the rule above the next steps, their title
const MIN_FOR_LISTS = 8;

/** How many rows each part of the dashboard gets, titles included. Steps come first, then runs, then hosts. */
export function allocateRows(
  { next, runs, attention }: DashboardData,
  rows: number,
): { readonly steps: number; readonly hosts: number; readonly runs: number } {
  const steps = Math.min(next.length, Math.max(1, Math.floor((rows - MIN_FOR_LISTS) / 3)));
  const left = Math.max(0, rows - FIXED_ROWS - steps - (attention.length > 0 ? 1 : 0));
  const forRuns = Math.min(left, runs.length === 0 ? 2 : Math.min(runs.length + 1, Math.max(2, Math.floor(left / 2))));
  return { steps, hosts: left - forRuns, runs: forRuns };
}
