import { defineModule, engineArg, engineName, engineObjectChanges, z } from '../../src/index.ts';

const address = z.string().regex(/^[\da-fA-F.:]+(?:\/\d{1,3})?$/, 'must be an address: 192.0.2.0/24');

export default defineModule({
  summary: 'Keep a network of docker or podman, in which containers find each other by their names',
  args: z.strictObject({
    name: engineName.describe('Name of the network'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the network is there; absent: it is removed'),
    driver: engineName.optional().describe('Of a new network: its kind, such as bridge or macvlan'),
    subnet: address.optional().describe('Of a new network: its addresses, 192.0.2.0/24'),
    gateway: address.optional().describe('Of a new network: the address of the host in it'),
    internal: z.boolean().default(false).describe('Of a new network: it does not lead out of the host'),
    engine: engineArg,
  }),
  returns: z.strictObject({ name: z.string() }),
  freeForm: 'name',
  example: `container_network:
  name: shop
`,
  async *run(probe, { driver, subnet, gateway, internal, ...wanted }) {
    const options = Object.entries({ driver, subnet, gateway }).flatMap(([key, value]) =>
      value === undefined ? [] : [`--${key}=${value}`],
    );
    yield* engineObjectChanges(probe, 'network', wanted, [...options, ...(internal ? ['--internal'] : [])]);
    return { name: wanted.name };
  },
});
