import { defineModule, engineArg, engineName, engineObjectChanges, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Keep a volume of docker or podman; what is in it stays when its containers go',
  args: z.strictObject({
    name: engineName.describe('Name of the volume'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('present: the volume is there; absent: it is removed with what is in it'),
    driver: engineName.optional().describe('Of a new volume: what keeps it; left out: a folder of the host'),
    driver_options: z
      .record(z.string().regex(/^[\w.-]+$/), z.string().regex(/^[^\0\n]*$/))
      .default({})
      .describe('Of a new volume: options of the driver, { type: nfs, device: ":/srv" }'),
    engine: engineArg,
  }),
  returns: z.strictObject({ name: z.string() }),
  freeForm: 'name',
  example: `container_volume:
  name: shop-data
`,
  async *run(probe, { driver, driver_options, ...wanted }) {
    const options = Object.entries(driver_options).map(([key, value]) => `--opt=${key}=${value}`);
    yield* engineObjectChanges(probe, 'volume', wanted, [...(driver === undefined ? [] : [`--driver=${driver}`]), ...options]);
    return { name: wanted.name };
  },
});
