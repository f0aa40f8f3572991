import { expect, test } from 'vitest';
import type { Probe, Remote } from '../../../src/core/module.ts';
import { checkedProbe, checkedRemote } from '../../../src/core/module-checks/checked-host.ts';

const written: unknown[] = [];
const host = {
  read: async () => undefined,
  query: async () => ({ exit: 0, stdout: '', stderr: '', ms: 0 }),
  exec: async () => ({ exit: 0, stdout: 'done', stderr: '', ms: 0 }),
  write: async (path: string, content: unknown) => void written.push([path, content]),
  onHost: async () => host,
} as unknown as Remote;
// biome-ignore lint/suspicious/noExplicitAny: an author whose editor does not check types
const probe: any = checkedProbe(host as Probe);
// biome-ignore lint/suspicious/noExplicitAny: an author whose editor does not check types
const remote: any = checkedRemote(host);

test.each([
  ['write', 'ensureFileContent(probe, { path, content })'],
  ['exec', 'probe.query({ argv })'],
  ['open', 'remote.open({ argv })'],
  ['expose', 'remote.expose(port)'],
  ['jobs', 'remote.jobs'],
])('probe.%s is refused, with the tool to use instead', (name, tool) => {
  expect(() => probe[name]).toThrow(
    expect.objectContaining({ message: `run only reads: the probe has no ${name}`, hint: expect.stringContaining(tool) }),
  );
});

test('a probe of another host is refused the same', async () => {
  const other = await probe.onHost('tarn');
  expect(() => other.write('/x', 'y')).toThrow('run only reads');
});

test.each([
  ['a text instead of a command', () => probe.query('uname -r'), 'query takes { argv }, not a text'],
  ['a list instead of a command', () => remote.exec(['uname']), 'remote.exec takes { argv }, not a list'],
  ['argv as a text', () => remote.exec({ argv: 'uname -r' }), 'argv of remote.exec takes a list of texts, not a text'],
  ['a number among the words', () => remote.exec({ argv: ['kill', 1] }), 'argv of remote.exec takes a list of texts, not a number'],
  ['no words', () => remote.open({ argv: [] }), 'argv of remote.open takes a list of texts, not an empty list'],
  ['no path', () => probe.read(undefined), 'read takes a path, not undefined'],
  ['an object as content', () => remote.write('/x', { a: 1 }), 'the content of remote.write must be a text or bytes, not an object'],
])('%s is refused at the call', (_, use, message) => {
  expect(use).toThrow(message);
});

test('a text is written as UTF-8', async () => {
  await remote.write('/x', 'größer');
  expect(written).toEqual([['/x', new TextEncoder().encode('größer')]]);
});
