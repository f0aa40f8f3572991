import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { loadBuiltInModules } from '../../../src/engine/module-source.ts';
import { createInventorySchema, createPlaybookJsonSchema } from '../../../src/language/json-schema.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly params?: { readonly uri?: string; readonly diagnostics?: readonly { readonly message: string }[] };
}

/** The server that editors run for YAML, over its standard streams. */
function startServer(child: ChildProcess) {
  let buffer = Buffer.alloc(0);
  let next = 0;
  const answers = new Map<number, (result: unknown) => void>();
  const diagnostics = new Map<string, (messages: readonly string[]) => void>();
  const send = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const receive = ({ id, method, result, params }: Message): void => {
    if (method === 'textDocument/publishDiagnostics')
      diagnostics.get(params?.uri ?? '')?.((params?.diagnostics ?? []).map(({ message }) => message));
    else if (method !== undefined && id !== undefined)
      send({ id, result: method === 'workspace/configuration' ? [{}, {}, {}, {}, {}] : null });
    else if (id !== undefined) answers.get(id)?.(result);
  };
  child.stdout?.on('data', (bytes: Buffer) => {
    buffer = Buffer.concat([buffer, bytes]);
    for (;;) {
      const [head = '', length = ''] = /^Content-Length: (\d+)\r\n(?:.*\r\n)*?\r\n/.exec(buffer.toString('latin1')) ?? [];
      if (head === '' || buffer.length < head.length + Number(length)) return;
      const text = buffer.subarray(head.length, head.length + Number(length)).toString();
      buffer = buffer.subarray(head.length + Number(length));
      receive(JSON.parse(text) as Message);
    }
  });
  return {
    send,
    request: (method: string, params: object): Promise<unknown> =>
      new Promise((done) => {
        next += 1;
        answers.set(next, done);
        send({ id: next, method, params });
      }),
    open: (uri: string, text: string): Promise<readonly string[]> =>
      new Promise((done) => {
        diagnostics.set(uri, done);
        send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } });
      }),
  };
}

const dir = mkdtempSync(join(tmpdir(), 'swarm-editor-'));
writeFileSync(join(dir, 'playbook.json'), JSON.stringify(createPlaybookJsonSchema(await loadBuiltInModules())));
writeFileSync(join(dir, 'inventory.json'), JSON.stringify(createInventorySchema()));
const program = resolve(import.meta.dirname, '../../../node_modules/yaml-language-server/bin/yaml-language-server');
const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
const server = startServer(child);
afterAll(() => {
  child.kill();
  rmSync(dir, { recursive: true, force: true });
});
await server.request('initialize', {
  ...{ processId: process.pid, rootUri: pathToFileURL(dir).href, workspaceFolders: null },
  capabilities: { textDocument: { completion: { completionItem: {} }, hover: {}, publishDiagnostics: {} } },
});
server.send({ method: 'initialized', params: {} });

let opened = 0;
/** Opens a file with the line that `swarm init` writes. `|` is where the cursor stands. */
async function openFile(schema: 'playbook' | 'inventory', text: string) {
  opened += 1;
  const uri = pathToFileURL(join(dir, `${opened}.yml`)).href;
  const whole = `# yaml-language-server: $schema=${pathToFileURL(join(dir, `${schema}.json`)).href}\n${text}`;
  const before = whole.split('|')[0]?.split('\n') ?? [];
  const problems = await server.open(uri, whole.replace('|', ''));
  return { problems, at: { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } } };
}

const GOOD = `plays:
  - hosts: all
    tasks:
      - name: Page
        copy: { content: x, dest: "{{ path }}", mode: "0644", backup: "{{ keep }}" }
        when: facts.cores > 2
      - debug: hello
      - block: [ { service: { name: nginx, state: started } } ]
        rescue: [ { fail: {} } ]
`;

test.each([
  ['playbook', GOOD, []],
  ['playbook', GOOD.replace('hosts: all', 'hosts: all\n    strategie: free'), [expect.stringContaining('strategie')]],
  ['playbook', GOOD.replace('mode:', 'moed:'), [expect.stringContaining('moed')]],
  ['inventory', 'hosts:\n  a: { routes: [ { local: 192.0.2.1 } ], protected: true }\n', []],
  ['inventory', 'hosts:\n  a: { routes: [ { local: 192.0.2.1 } ], protectd: true }\n', [expect.stringContaining('protectd')]],
] as const)('the editor shows the mistakes of a %s: %#', async (schema, text, expected) => {
  expect((await openFile(schema, text)).problems).toEqual(expected);
});

test('the editor completes keywords, modules and arguments', async () => {
  const complete = async (text: string): Promise<readonly string[]> => {
    const { at } = await openFile('playbook', text);
    const { items } = (await server.request('textDocument/completion', at)) as { readonly items: readonly { readonly label: string }[] };
    return items.map(({ label }) => label);
  };
  expect(await complete('plays:\n  - hosts: all\n    gat|\n')).toContain('gather_facts');
  expect(await complete('plays:\n  - hosts: all\n    tasks:\n      - name: x\n        linei|\n')).toContain('lineinfile');
  expect(await complete('plays:\n  - hosts: all\n    tasks:\n      - lineinfile:\n          reg|\n')).toContain('regexp');
});

test('the editor shows what a keyword, a module and an argument mean, with an example', async () => {
  const hover = async (text: string): Promise<string> => {
    const { at } = await openFile('playbook', text);
    return JSON.stringify(await server.request('textDocument/hover', at));
  };
  expect(await hover('plays:\n  - hosts: all\n    gather|_facts: true\n    tasks: []\n')).toMatch(/ask a host for facts.*smart/);
  expect(await hover('plays:\n  - hosts: all\n    tasks:\n      - tem|plate: { src: a.hbs, dest: /a }\n')).toContain('Fill in a template');
  expect(await hover('plays:\n  - hosts: all\n    tasks:\n      - template: { s|rc: a.hbs, dest: /a }\n')).toMatch(
    /Template on this machine.*make.conf.hbs/,
  );
});
