import { defineModule, type ExecResult, parseForeignJson, readScript, SwarmError, z } from '../../src/index.ts';

const headerName = z.string().regex(/^[\w-]+$/, 'must be the name of a header');

const returns = z.strictObject({
  url: z.string().describe('What is asked'),
  status: z.int().exactOptional().describe('Not in a check of a request that changes something'),
  content: z.string().exactOptional(),
  json: z.json().exactOptional().describe('The content, where it is JSON'),
});

export default defineModule({
  summary: 'Send an HTTP request from the host, with curl; GET and HEAD change nothing',
  args: z.strictObject({
    url: z
      .string()
      .regex(/^https?:\/\/\S+$/, 'must be a URL of http or https')
      .describe('What is asked'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('Method of HTTP'),
    headers: z
      .record(headerName, z.string().regex(/^[^\r\n]*$/, 'must be one line'))
      .default({})
      .describe('Headers of the request'),
    body: z.json().optional().describe('A text, or data that is sent as JSON'),
    status_code: z
      .union([z.int(), z.array(z.int()).min(1)])
      .transform((code) => (typeof code === 'number' ? [code] : code))
      .default([200])
      .describe('The status that is right, or a list of them'),
    follow_redirects: z.boolean().default(false).describe('Follow a redirect'),
    timeout: z.int().positive().default(30).describe('Seconds'),
  }),
  returns,
  freeForm: 'url',
  example: `uri:
  url: http://127.0.0.1:8080/health
  status_code: [200, 204]
`,
  async *run(probe, { url, method, status_code, ...request }) {
    const command = {
      argv: ['/bin/sh', '-c', readScript(import.meta.dirname, 'uri-send.sh')] as [string, ...string[]],
      stdin: new TextEncoder().encode(curlConfig({ url, method, ...request })),
    };
    if (method === 'GET' || method === 'HEAD') return toResult(url, await probe.query(command), status_code);
    let result: z.output<typeof returns> = { url };
    yield {
      verb: 'run',
      unknownInCheck: 'outcome',
      subject: `${method} ${url}`,
      apply: async (remote) => {
        result = toResult(url, await remote.exec(command), status_code);
      },
    };
    return result;
  },
});

/** What curl reads on stdin, so that no secret is on a command line. */
function curlConfig({
  url,
  method,
  headers,
  body,
  follow_redirects,
  timeout,
}: {
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: unknown;
  follow_redirects: boolean;
  timeout: number;
}): string {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const type = body === undefined || typeof body === 'string' || 'Content-Type' in headers ? [] : ['Content-Type: application/json'];
  const rows: (readonly [string, string])[] = [
    ['url', url],
    ['proto', '=http,https'],
    ['max-time', String(timeout)],
  ];
  if (method === 'HEAD') rows.push(['head', '']);
  else rows.push(['request', method]);
  for (const header of [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), ...type]) rows.push(['header', header]);
  if (text !== undefined) rows.push(['data-raw', text]);
  if (follow_redirects) rows.push(['location', '']);
  return rows.map(([name, value]) => (value === '' && name !== 'data-raw' ? `${name}\n` : `${name} = "${quoteValue(value)}"\n`)).join('');
}

const quoteValue = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');

function toResult(url: string, { exit, stdout, stderr }: ExecResult, expected: readonly number[]): z.output<typeof returns> {
  if (exit === 3) throw new SwarmError('SW6011', 'the host has no curl', { hint: 'Install it on the host.' });
  if (exit !== 0) throw new SwarmError('SW6012', `${url}: ${stderr.trim().split('\n')[0] || `curl ended with ${exit}`}`);
  const end = stdout.lastIndexOf('\n');
  const [code = '', type = ''] = stdout.slice(end + 1).split(' ');
  const content = stdout.slice(0, end);
  const answer = { url, status: Number(code), content, ...(type.includes('json') ? parseJson(content) : {}) };
  if (!expected.includes(answer.status))
    throw new SwarmError('SW6012', `${url} answered with status ${code}`, { detail: content.slice(0, 2000), cause: answer });
  return answer;
}

/** No JSON, and JSON that no task could work on, is content all the same. */
function parseJson(content: string): { json?: z.output<ReturnType<typeof z.json>> } {
  try {
    return { json: parseForeignJson(content) as z.output<ReturnType<typeof z.json>> };
  } catch {
    return {};
  }
}
