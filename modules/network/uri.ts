import { basename } from 'node:path/posix';
import {
  absolutePath,
  attributeArgs,
  attributeChanges,
  type Change,
  type CurlOption,
  curlRequestOptions,
  defineModule,
  findFileTarget,
  findSource,
  formatCurlConfig,
  formatHttpBody,
  formatMultipart,
  headersArg,
  httpAnswerFields,
  httpUserArg,
  keptAttributes,
  multipartFields,
  ownerWord,
  type Probe,
  readHttpAnswer,
  readScript,
  readSource,
  statPaths,
  withSweepLeftovers,
  z,
} from '../../src/index.ts';

const returns = z.strictObject({
  url: z.string().describe('What is asked'),
  ...httpAnswerFields,
  dest: z.string().exactOptional().describe('Path on the host'),
});

const args = z
  .strictObject({
    url: z
      .string()
      .regex(/^https?:\/\/\S+$/, 'must be a URL of http or https')
      .describe('What is asked'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('Method of HTTP'),
    headers: headersArg,
    user: httpUserArg,
    password: z.string().optional().describe('Password of the user'),
    body: z.json().optional().describe('A text, or data that is sent as body_format says'),
    body_format: z
      .enum(['json', 'raw', 'form-urlencoded', 'form-multipart'])
      .optional()
      .describe(
        'How the body is sent, with its content type; without it: a text as it is, data as JSON; form-multipart: fields with a value, or ' +
          '{ filename, content, mime_type }: without content a file below files/ of the project',
      ),
    src: z.string().min(1).optional().describe('File that is sent as the body: absolute, or below files/ of the project'),
    dest: absolutePath
      .optional()
      .describe('File on the host that gets the answer; with / at the end, or where it is a folder: into that folder'),
    creates: absolutePath.optional().describe('Skip where this path exists'),
    removes: absolutePath.optional().describe('Skip where this path does not exist'),
    unix_socket: absolutePath.optional().describe('Socket on the host that is connected to'),
    client_cert: absolutePath
      .optional()
      .describe('File on the host with the certificate that the request shows, and its key without client_key'),
    client_key: absolutePath.optional().describe('File on the host with the key of client_cert'),
    ca_path: absolutePath.optional().describe('File on the host with the certificates of the authorities that count'),
    validate_certs: z.boolean().default(true).describe('false: take any certificate of the server'),
    status_code: z
      .union([z.int(), z.array(z.int()).min(1)])
      .transform((code) => (typeof code === 'number' ? [code] : code))
      .default([200])
      .describe('The status that is right, or a list of them'),
    follow_redirects: z.boolean().default(false).describe('Follow a redirect'),
    timeout: z.int().positive().default(30).describe('Seconds'),
    ...attributeArgs,
  })
  .refine(({ user, password }) => password === undefined || user !== undefined, 'takes `password` with `user`')
  .refine(({ client_cert, client_key }) => client_key === undefined || client_cert !== undefined, 'takes `client_key` with `client_cert`')
  .refine(
    ({ body, body_format }) => body_format !== 'form-multipart' || multipartFields.safeParse(body).success,
    'takes with body_format: form-multipart a body of fields, each with a value or { filename, content, mime_type }',
  )
  .refine(({ body, src }) => body === undefined || src === undefined, 'takes `body` or `src`')
  .refine(({ method, src }) => src === undefined || !isRead(method), 'takes `src` with a method that sends one, such as PUT');

type Args = z.output<typeof args>;
type Result = z.output<typeof returns>;

const isRead = (method: string): boolean => ['GET', 'HEAD'].includes(method);

export default defineModule({
  summary: 'Send an HTTP request from the host, with curl; GET and HEAD change nothing but dest',
  args,
  returns,
  argHints: {
    url_username: 'Write: user: NAME',
    url_password: 'Write: password: TEXT',
    return_content: 'Remove it: register: always has content.',
  },
  freeForm: 'url',
  example: `uri:
  url: http://127.0.0.1:8080/health
  status_code: [200, 204]
`,
  async *run(probe, given) {
    const { url, method, status_code: codes, dest } = given;
    if (await isDone(probe, given)) return { url };
    const command = await makeCommand(probe, given);
    if (dest !== undefined) return yield* saveAnswer(probe, given, dest, command);
    const send = command('show');
    if (isRead(method)) return readHttpAnswer(url, await probe.query(send), codes);
    let result: Result = { url };
    const apply: Change['apply'] = async (remote) => {
      result = readHttpAnswer(url, await remote.exec(send), codes);
    };
    yield { ...requestChange(given), apply };
    return result;
  },
});

const requestChange = ({ method, url }: Args) => ({ verb: 'run', unknownInCheck: 'outcome', subject: `${method} ${url}` }) as const;

/** Whether `creates` is there already, or `removes` is gone. */
async function isDone(probe: Probe, { creates, removes }: Args): Promise<boolean> {
  const exists = async (path: string): Promise<boolean> => (await statPaths(probe, [{ path }]))[0]?.type !== 'absent';
  return (creates !== undefined && (await exists(creates))) || (removes !== undefined && !(await exists(removes)));
}

type MakeCommand = (...words: readonly string[]) => Parameters<Probe['query']>[0];

async function makeCommand(probe: Probe, given: Args): Promise<MakeCommand> {
  const { bytes, ...sent } = await readBody(probe, given);
  const options = curlOptions(given, sent, bytes !== undefined);
  const stdin = Buffer.concat([new TextEncoder().encode(formatCurlConfig(options)), bytes ?? new Uint8Array()]);
  const script = withSweepLeftovers(readScript(import.meta.dirname, 'uri-send.sh'));
  return (...words) => ({ argv: ['/bin/sh', '-c', script, 'sh', String(options.length), ...words], stdin });
}

/** What the request sends, and its content type: a text, or bytes that go behind the configuration of curl. */
async function readBody(
  probe: Probe,
  { src, body, body_format: format }: Args,
): Promise<{ readonly bytes?: Uint8Array; readonly text?: string; readonly type?: string }> {
  const read = async (name: string): Promise<Uint8Array> => readSource((await findSource(name, probe.paths.files)).path);
  if (src !== undefined) return { bytes: await read(src) };
  return format === 'form-multipart' ? formatMultipart(multipartFields.parse(body), read) : formatHttpBody(body, format);
}

/** The file gets the answer. A GET asks first for its SHA-256, so that a second run changes nothing. */
async function* saveAnswer(probe: Probe, given: Args, dest: string, command: MakeCommand): AsyncGenerator<Change, Result, void> {
  const { url, method, status_code: codes, mode, owner, group } = given;
  const { target, path, stat } = await findFileTarget(probe, dest, basename(new URL(url).pathname) || 'index.html');
  const kept = keptAttributes(stat, { mode, owner, group });
  const save = command('save', path, codes.join(' '), kept.mode ?? '', ownerWord(kept));
  let result: Result = { url, dest: target };
  const apply: Change['apply'] = async (remote) => {
    result = { ...withoutContent(readHttpAnswer(url, await remote.exec(save), codes)), dest: target };
  };
  if (!isRead(method)) yield { ...requestChange(given), apply };
  else {
    const { content = '', ...answer } = readHttpAnswer(url, await probe.query(command('sum')), codes);
    result = { ...withoutContent(answer), dest: target };
    if (stat.sha256 === content.slice(0, 64)) yield* attributeChanges(path, stat, { mode, owner, group });
    else yield { verb: stat.type === 'absent' ? 'create' : 'update', subject: target, apply };
  }
  return result;
}

const withoutContent = ({ content: _, json: __, ...answer }: Result): Result => answer;

function curlOptions(
  given: Args,
  { text, type }: { readonly text?: string; readonly type?: string },
  hasBytes: boolean,
): readonly CurlOption[] {
  const { url, method, headers, user, password, timeout, unix_socket, client_cert, client_key, ca_path } = given;
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return [
    ...curlRequestOptions({
      url,
      headers: type === undefined || hasType ? headers : { ...headers, 'Content-Type': type },
      user,
      password,
      validateCerts: given.validate_certs,
    }),
    ['proto', '=http,https'],
    ['max-time', String(timeout)],
    method === 'HEAD' ? ['head', ''] : ['request', method],
    ...(text === undefined ? [] : [['data-raw', text] as const]),
    ...(hasBytes ? [['data-binary', '@-'] as const] : []),
    ...(client_cert === undefined ? [] : [['cert', client_cert.replaceAll(/[\\:]/g, '\\$&')] as const]),
    ...(client_key === undefined ? [] : [['key', client_key] as const]),
    ...(ca_path === undefined ? [] : [['cacert', ca_path] as const]),
    ...(unix_socket === undefined ? [] : [['unix-socket', unix_socket] as const]),
    ...(given.follow_redirects ? [['location', ''] as const] : []),
  ];
}
