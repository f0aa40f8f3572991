import type { ReadFailure } from '../failed-command-error.ts';

/** What a client of MySQL says of a failure, without the statement that it repeats: that can have a password in it. */
export const readMysqlFailure: ReadFailure = (output) => ({
  text: output
    .replace(/^-{14}\n[\s\S]*\n-{14}$/m, '')
    .replace(/(?:; check the manual .*)? near '[\s\S]*' at line \d+$/m, '')
    .trim(),
  hint: /^ERROR 1045 /m.test(output)
    ? 'Write login_user: and login_password:, or config_file:, or become: true where root logs in over the socket.'
    : undefined,
});

/** The same for psql, which shows the line of the statement that is wrong. */
export const readPsqlFailure: ReadFailure = (output) => ({
  text: output.replace(/^(?:LINE \d+: .*(?:\n *\^)?|(?:NOTICE|WARNING): .*)\n?/gm, '').trim(),
  hint: /Peer authentication failed/.test(output)
    ? 'Write become: true and become_user: postgres, or login_host: 127.0.0.1 with login_password:.'
    : undefined,
});
