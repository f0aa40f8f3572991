/** Lines of stderr that programs print before they say why they failed. */
const PREFACE = /^(?:w|warn|warning|\S+: (?:warning|note)): |^npm warn |^debconf: |^!!! Problem with sandbox binary/i;

/** A line that speaks of an error: not of a package libgpg-error, and not of 0 errors. */
const FAILURE = /(?<![\w/.-])(?<!\b(?:no|0|without) )(?:errors?|fail(?:s|ed|ures?)?)(?![\w-]|\.\w)|\wError:/i;

/** What clients say where the server on the same host does not run, and the hint for it. */
const STOPPED_SERVERS: readonly (readonly [said: RegExp, hint: string])[] = [
  [
    /Cannot connect to the Docker daemon(?! at tcp:)|failed to connect to the docker API at unix:.*daemon is running/i,
    'Start it in a task before. Write: service: { name: docker, state: started }',
  ],
  [
    new RegExp(
      [
        String.raw`(?:ERROR|Got error:) 2002\b.*through socket`,
        'connection to server on socket .* failed: (?:No such file|Connection refused)',
        String.raw`could not connect to server: (?:No such file|Connection refused\s+Is the server running locally)`, // psql before 14
      ].join('|'),
    ),
    'Start its service in a task before, with the service module.',
  ],
];

/** The hint for a client whose server does not run. */
export const stoppedServerHint = (text: string): string | undefined => STOPPED_SERVERS.find(([said]) => said.test(text))?.[1];

/** The line of stderr that says why a program failed: the first that is not only a warning, else the first. */
export function findFailureLine(text: string): string | undefined {
  const lines = linesOf(text);
  return lines.find((line) => !PREFACE.test(line)) ?? lines[0];
}

/** The same of stdout, which tells what the program did before: the first line that speaks of an error, else the last. */
export function findFailureInOutput(text: string): string | undefined {
  const lines = linesOf(text);
  return lines.find((line) => FAILURE.test(line) && !PREFACE.test(line)) ?? lines.at(-1);
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');
