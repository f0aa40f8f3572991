/** Lines of stderr that programs print before they say why they failed. */
const PREFACE = /^(?:w|warn|warning|\S+: (?:warning|note)): |^npm warn |^debconf: |^!!! Problem with sandbox binary/i;

/** What clients say where the server on the same host does not run. */
const STOPPED_SERVERS =
  /Cannot connect to the Docker daemon|ERROR 2002 .*through socket|connection to server on socket .* failed: (?:No such file|Connection refused)/;

/** The hint for a client whose server does not run. */
export const stoppedServerHint = (text: string): string | undefined =>
  STOPPED_SERVERS.test(text) ? 'Start its service in a task before, with the service module.' : undefined;

/** The line of an output that says why a program failed: the first that is not only a warning, else the first. */
export function findFailureLine(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => !PREFACE.test(line)) ?? lines[0];
}
