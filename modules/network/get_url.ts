import { basename } from 'node:path/posix';
import {
  absolutePath,
  attributeArgs,
  attributeChanges,
  curlRequestOptions,
  defineModule,
  findFileTarget,
  formatCurlConfig,
  headersArg,
  httpUserArg,
  keptAttributes,
  ownerWord,
  type Probe,
  queryScript,
  readScript,
  runScript,
  withBackupFile,
  withLoadUrl,
  z,
} from '../../src/index.ts';

const args = z
  .strictObject({
    url: z
      .string()
      .regex(/^(https?|ftp):\/\/[^\s]+$/, 'must be a URL of http, https or ftp; a file of the host is copied by copy with remote_src: true')
      .describe('What is loaded'),
    dest: absolutePath.describe('Path on the host; with / at the end, or where it is a folder: into that folder'),
    checksum: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/i, 'must be sha256: and 64 hexadecimal digits')
      .optional()
      .describe('Expected content: sha256:HEX'),
    unverified: z.boolean().default(false).describe('Accept any content: the file is then loaded once and not compared'),
    force: z.boolean().default(false).describe('With unverified: ask the URL on each run, and load the file where it is another one'),
    timeout: z.int().positive().default(300).describe('Seconds'),
    headers: headersArg.describe('Headers of the request; they need curl on the host'),
    url_username: httpUserArg.describe('User for basic authentication, which needs curl on the host'),
    url_password: z.string().optional().describe('Password of the user'),
    validate_certs: z.boolean().default(true).describe('false: take any certificate of the server'),
    backup: z.boolean().default(false).describe('Keep a copy of the old file beside it'),
    ...attributeArgs,
  })
  .refine(({ url_username, url_password }) => url_password === undefined || url_username !== undefined, {
    error: 'url_password needs url_username',
  })
  .refine(({ checksum, unverified }) => (checksum === undefined) === unverified, {
    error: 'give checksum, or unverified: true to accept any content',
  });

export default defineModule({
  summary: 'Load a file from a URL on the host, with curl or wget, and compare its SHA-256',
  args,
  returns: z.strictObject({
    dest: z.string().describe('Path on the host'),
    url: z.string(),
    msg: z.string().describe('OK, or file already exists'),
  }),
  example: `get_url:
  url: https://example.org/tool-1.0.tar.gz
  dest: /opt/tool-1.0.tar.gz
  checksum: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
`,
  async *run(probe, { url, dest, checksum, force, timeout, backup, mode, owner, group, ...rest }) {
    const wanted = { mode, owner, group };
    const request = { url, timeout, ...rest };
    const { target, path, stat } = await findFileTarget(probe, dest, basename(new URL(url).pathname));
    const sha256 = checksum?.slice('sha256:'.length).toLowerCase();
    const isAsked = sha256 === undefined && force && stat.type === 'file';
    const expected = isAsked ? await readSum(probe, request) : sha256;
    const isRight = stat.type === 'file' && (expected === undefined || stat.sha256 === expected);
    if (isRight) yield* attributeChanges(path, stat, wanted);
    else {
      const kept = keptAttributes(stat, wanted);
      yield {
        verb: stat.type === 'absent' ? 'create' : 'update',
        subject: target,
        apply: async (remote) => {
          const words = [...requestWords(request), path, sha256 ?? '-', kept.mode ?? '', ownerWord(kept), backup ? 'yes' : 'no'];
          await runScript(
            remote,
            withBackupFile(withLoadUrl(readScript(import.meta.dirname, 'get_url-load.sh'))),
            words,
            url,
            curlConfig(request),
          );
        },
      };
    }
    return { dest: target, url, msg: isRight && !isAsked ? 'file already exists' : 'OK' };
  },
});

/** The SHA-256 of what the URL has now. */
const readSum = async (probe: Probe, request: Request): Promise<string> => {
  const script = withLoadUrl(readScript(import.meta.dirname, 'get_url-sum.sh'));
  return (await queryScript(probe, script, requestWords(request), request.url, curlConfig(request))).slice(0, 64);
};

type Request = Pick<z.output<typeof args>, 'url' | 'timeout' | 'headers' | 'url_username' | 'url_password' | 'validate_certs'>;

/** What both programs take first. Only curl can be given headers and a password without a command line that has them. */
const requestWords = ({ url, timeout, headers, url_username, validate_certs }: Request): readonly string[] => [
  ...[url, String(timeout), validate_certs ? 'yes' : 'no'],
  Object.keys(headers).length > 0 || url_username !== undefined ? 'curl' : 'any',
];

const curlConfig = ({ url, headers, url_username, url_password, validate_certs }: Request): string =>
  formatCurlConfig(curlRequestOptions({ url, headers, user: url_username, password: url_password, validateCerts: validate_certs }));
