import type { KeyPress } from '../terminal/read-keys.ts';
import type { DashboardChoice, DashboardData, DashboardView } from './dashboard-data.ts';

/** One key on the dashboard. Pure. */
export function handleDashboardKey(
  view: DashboardView,
  key: KeyPress,
  data: DashboardData,
): { readonly view: DashboardView; readonly choice?: DashboardChoice } {
  if (key.name === '^c') return { view, choice: { type: 'quit' } };
  if (view.asking !== undefined) {
    if (key.name === 'escape') return { view: { ...view, asking: undefined, text: '' } };
    if (key.name === 'backspace') return { view: { ...view, text: [...view.text].slice(0, -1).join('') } };
    if (key.name !== 'return') return { view: { ...view, text: view.text.length < 500 ? view.text + key.text : view.text } };
    return view.text.trim() === '' ? { view } : { view, choice: { type: 'step', step: view.asking, text: view.text.trim() } };
  }
  if (key.text === 'q' || key.name === 'escape') return { view, choice: { type: 'quit' } };
  const move = key.name === 'up' || key.text === 'k' ? -1 : key.name === 'down' || key.text === 'j' ? 1 : 0;
  if (move !== 0) return { view: { ...view, run: Math.max(0, Math.min(data.runs.length - 1, view.run + move)) } };
  const run = data.runs[view.run];
  if (key.name === 'return') return run === undefined ? { view } : { view, choice: { type: 'run', id: run.id } };
  const step = data.next.find((each, index) => each.key === key.text || String(index + 1) === key.text);
  if (step === undefined) return { view };
  return step.ask === undefined ? { view, choice: { type: 'step', step, text: '' } } : { view: { ...view, asking: step, text: '' } };
}
