import { expect, test } from 'vitest';
import { isCommandRun } from '../../../src/core/can-resume.ts';
import type { Task } from '../../../src/core/playbook/step-model.ts';
import { moduleSource } from '../../../src/engine/module-source.ts';
import { taskPlaybook } from '../../../src/fleet/runs/task-playbook.ts';
import { makeHost, makeInventory } from '../inventory-hosts.ts';

const project = { inventory: makeInventory(makeHost('a'), makeHost('b')) } as Parameters<typeof taskPlaybook>[2];
const read = (name: string, words: readonly string[], more: Partial<Parameters<typeof taskPlaybook>[0]> = {}) =>
  taskPlaybook({ pattern: 'all', name, words, become: false, printsResult: false, ...more }, moduleSource(undefined), project);

test.each([
  ['file', ['path=/x', 'state=directory', 'mode=0755', 'recurse=true'], { path: '/x', state: 'directory', mode: '0755', recurse: true }],
  [
    'file',
    ['path={{ inventory_hostname }}', 'recurse={{ bool "yes" }}'],
    { path: '{{ inventory_hostname }}', recurse: '{{ bool "yes" }}' },
  ],
  ['copy', ['dest=/x', 'content=a=b: [c]'], { dest: '/x', content: 'a=b: [c]' }],
  ['wait_for', ['port=80', 'timeout=5'], { port: 80, timeout: 5 }],
  ['user', ['name=ann', 'groups=wheel,audio'], { name: 'ann', groups: 'wheel,audio' }],
  ['user', ['name=ann', 'groups=[wheel]'], { name: 'ann', groups: ['wheel'] }],
  ['sync', ['src=a/', 'dest=/a', 'exclude=[tmp,cache]'], { src: 'a/', dest: '/a', exclude: ['tmp', 'cache'] }],
  ['debug', ['hello', 'you'], { msg: 'hello you' }],
  ['command', ['printenv', 'A=b', 'creates=/x'], { cmd: 'printenv A=b', creates: '/x' }],
])('%s %j', async (name, words, args) => {
  const { plays } = await read(name, words);
  expect((plays[0].steps[0] as Task).args).toEqual(args);
});

test('the task runs on the pattern, as root where that is wanted, and what it returns is kept', async () => {
  const { plays } = await read('stat', ['path=/x'], { pattern: 'a', become: true, printsResult: true });
  expect(plays).toMatchObject([{ hosts: 'a', become: { user: 'root' }, steps: [{ module: 'stat', register: 'result' }] }]);
});

test.each([
  ['fil', [], { code: 'SW1203', hint: 'Did you mean fail?' }],
  ['b', ['command', 'echo $HOME'], { code: 'SW1202', hint: "Write: swarm task all,b command 'echo $HOME'" }],
  ['file', ['x'], { code: 'SW1202', message: '"x" is not an argument of file.' }],
  ['file', ['pth=x'], { problems: [expect.objectContaining({ message: 'file has no argument `pth`', hint: 'Did you mean `path`?' })] }],
  ['file', ['path=/x', 'path=/y'], { code: 'SW1202', message: 'path is given twice' }],
  ['debug', ['msg=x', 'become=true'], { code: 'SW1202', message: '"become=true" is not an argument of debug.' }],
  ['file', ['path=/x', '__proto__=1'], { problems: [expect.objectContaining({ message: '`__proto__` cannot be a key' })] }],
  ['file', ['path=/x', 'recurse=maybe'], { problems: [expect.objectContaining({ code: 'SW1112' })] }],
])('what is not a task is an error before the run: %s %j', async (name, words, error) => {
  await expect(read(name, words)).rejects.toMatchObject(error);
});

test('its run is not a run of a playbook, so that no command offers to resume it', async () => {
  expect(isCommandRun({ playbook: (await read('ping', [])).name })).toBe(true);
});
