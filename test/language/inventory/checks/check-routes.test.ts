import { expect, test } from 'vitest';
import type { SwarmError } from '../../../../src/core/error/swarm-error.ts';
import type { Host } from '../../../../src/core/inventory/host.ts';
import type { HostName } from '../../../../src/core/inventory/host-name.ts';
import { checkRoutes } from '../../../../src/language/inventory/checks/check-routes.ts';

const source = { file: 'swarm.yml', value: undefined, valueSpan: at, keySpan: at, textSpan: at };
function at() {
  return { file: 'swarm.yml', line: 1, column: 1, length: 1, text: '' };
}

/** Counts how often somebody walks over all names. */
class CountedMap<K, V> extends Map<K, V> {
  walks = 0;
  override keys() {
    this.walks++;
    return super.keys();
  }
}

function check(vias: Readonly<Record<string, string>>) {
  const hosts = Object.entries(vias).map(
    ([name, via]): Host => ({
      name: name as HostName,
      ...{ groups: [], login: { user: 'root', keys: [] }, protected: false, vars: {} },
      routes: [{ kind: 'jump', via: via as HostName, address: name, port: 22 }],
    }),
  );
  const entries = new CountedMap(hosts.map(({ name }) => [String(name), { source, path: ['hosts', name], value: {} }]));
  const problems: SwarmError[] = [];
  checkRoutes(hosts, entries, problems, []);
  return { walks: entries.walks, problems: problems.map(({ message, hint }) => [message, hint]) };
}

test('an unknown jump host, with the name that it may mean; a host is not a jump host of itself', () => {
  const other = 'Write the name of another host of the inventory.';
  expect(check({ bastion: 'bastoin', x: 'bastoin', far: 'far' }).problems).toEqual([
    ['no host is called `bastoin`', other],
    ['no host is called `bastoin`', 'Did you mean `bastion`?'],
    ['far cannot be its own jump host', other],
  ]);
});

test('one wrong jump host of many hosts is compared with the names once', () => {
  const { walks, problems } = check(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`h${index}`, 'bastoin'])));
  expect(problems).toHaveLength(50);
  expect(walks).toBe(1);
});
