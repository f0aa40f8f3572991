import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type EDITOR_SCHEMAS, writeEditorSchemas } from '../../../src/fleet/project/editor-schemas.ts';

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

/** A module of the project: a program and its description. */
const MOTD = JSON.stringify({
  summary: 'Set the message of the day',
  args: { type: 'object', properties: { text: { type: 'string', description: 'The message' } }, additionalProperties: false },
  example: 'motd: { text: Welcome }\n',
});

const dir = mkdtempSync(join(tmpdir(), 'swarm-editor-'));
mkdirSync(join(dir, 'modules'));
writeFileSync(join(dir, 'modules/motd.json'), MOTD);
writeFileSync(join(dir, 'modules/motd.sh'), '#!/bin/sh\n', { mode: 0o755 });
await writeEditorSchemas(dir);
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
async function openFile(schema: keyof typeof EDITOR_SCHEMAS, text: string) {
  opened += 1;
  const uri = pathToFileURL(join(dir, `${opened}.yml`)).href;
  const whole = `# yaml-language-server: $schema=${pathToFileURL(join(dir, `.swarm/schema/${schema}.json`)).href}\n${text}`;
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

const TASKS = `- name: Page
  ansible.builtin.copy: { content: x, dest: /a, backup: yes }
- include_tasks: web.yml
- include_role: { name: web, tasks_from: install.yml }
- set_fact: { port: 80 }
- motd: { text: Welcome }
- block: [ { debug: hello } ]
- meta: flush_handlers
`;

test.each([
  ['playbook', GOOD, []],
  ['playbook', GOOD.replace('hosts: all', 'hosts: all\n    strategie: free'), [expect.stringContaining('strategie')]],
  ['playbook', GOOD.replace('mode:', 'moed:'), [expect.stringContaining('moed')]],
  ['playbook', GOOD.replace('when:', 'wen:'), ['Property wen is not allowed.']],
  ['playbook', GOOD.replace('debug:', 'debugg:'), ['Property debugg is not allowed.']],
  ['playbook', GOOD.replace('hosts: all', 'hosts: all\n    become: maybe'), ['takes true or false']],
  ['playbook', GOOD.replace('hosts: all', 'hosts: all\n    become: "{{ root }}"\n    gather_facts: no'), []],
  ['tasks', TASKS, []],
  ['tasks', TASKS.replace('text:', 'txt:'), ['Property txt is not allowed.']],
  ['tasks', TASKS.replace('tasks_from', 'task_from'), ['Property task_from is not allowed.']],
  ['handlers', '- name: reload\n  listen: web\n  service: { name: nginx, state: reloaded }\n', []],
  ['handlers', '- name: reload\n  listn: web\n  service: { name: nginx, state: reloaded }\n', ['Property listn is not allowed.']],
  ['vars', 'port: 80\ntoken: { secret: { from: "env:TOKEN" } }\n', []],
  ['vars', 'my-port: 80\n', [expect.stringContaining('pattern')]],
  ['inventory', 'hosts:\n  a: { routes: [ { local: 192.0.2.1 } ], protected: true }\n', []],
  ['inventory', 'hosts:\n  a: { routes: [ { local: 192.0.2.1 } ], protectd: true }\n', [expect.stringContaining('protectd')]],
] as const)('the editor shows the mistakes of a %s: %#', async (schema, text, expected) => {
  expect((await openFile(schema, text)).problems).toEqual(expected);
});

test('the editor completes keywords, modules and arguments', async () => {
  const complete = async (text: string, schema: keyof typeof EDITOR_SCHEMAS = 'playbook'): Promise<readonly string[]> => {
    const { at } = await openFile(schema, text);
    const { items } = (await server.request('textDocument/completion', at)) as { readonly items: readonly { readonly label: string }[] };
    return items.map(({ label }) => label);
  };
  expect(await complete('plays:\n  - hosts: all\n    gat|\n')).toContain('gather_facts');
  expect(await complete('plays:\n  - hosts: all\n    tasks:\n      - name: x\n        linei|\n')).toContain('lineinfile');
  expect(await complete('plays:\n  - hosts: all\n    tasks:\n      - lineinfile:\n          reg|\n')).toContain('regexp');
  const steps = ['import_tasks', 'include_tasks', 'set_fact', 'block', 'meta', 'motd', 'when'];
  expect(await complete('plays:\n  - hosts: all\n    tasks:\n      - |\n')).toEqual(expect.arrayContaining(steps));
  expect(await complete('- block:\n    - |\n', 'tasks')).toEqual(expect.arrayContaining(steps));
  expect(await complete('- meta: |\n', 'tasks')).toContain('flush_handlers');
  expect(await complete('- service:\n    enabled: |\n', 'tasks')).toEqual(['true', 'false']);
  expect(await complete('plays:\n  - hosts: all\n    roles:\n      - |\n')).toContain('role');
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
