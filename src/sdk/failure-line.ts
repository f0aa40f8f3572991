/** Lines of stderr that programs print before they say why they failed. */
const PREFACE = /^(?:w|warn|warning|\S+: (?:warning|note)): |^npm warn |^debconf: |^!!! Problem with sandbox binary/i;

/** The line of an output that says why a program failed: the first that is not only a warning, else the first. */
export function findFailureLine(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => !PREFACE.test(line)) ?? lines[0];
}
