import { defineModule, queryScript, readScript, z } from '../../src/index.ts';

const bytes = z.int().describe('Bytes');
const factsSchema = z.strictObject({
  hostname: z.string(),
  fqdn: z.string(),
  os: z.string().describe('Name of the system, such as Gentoo'),
  os_version: z.string(),
  distribution: z.string(),
  init: z.string(),
  kernel: z.string().describe('Release of the running kernel'),
  arch: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memory: bytes,
  memory_available: bytes,
  swap: bytes,
  swap_free: bytes,
  load: z.number(),
  uptime: z.int().describe('Seconds'),
  product: z.string().describe('Name of the machine, where its firmware has one'),
  mounts: z.array(z.strictObject({ path: z.string(), device: z.string(), size: bytes, available: bytes })),
  interfaces: z.array(z.strictObject({ name: z.string(), mac: z.string(), up: z.boolean(), addresses: z.array(z.string()) })),
});

export default defineModule({
  summary: 'Read facts of the host: system, memory, file systems, network',
  args: z.strictObject({}),
  returns: z.strictObject({ facts: factsSchema }),
  example: `setup: {}
`,
  async *run(probe) {
    const text = await queryScript(probe, readScript(import.meta.dirname, 'setup.sh'), [], 'setup');
    const rows = text
      .split('\n')
      .map((line) => /^(\w+)=(.*)$/.exec(line))
      .filter((match) => match !== null);
    const all = (key: string): readonly (readonly string[])[] =>
      rows.filter(([, name]) => name === key).map(([, , value = '']) => value.split(' '));
    const one = (key: string): string => rows.find(([, name]) => name === key)?.[2] ?? '';
    const kibibytes = (value: string | undefined): number => Number(value ?? 0) * 1024;
    const { facts } = probe;
    return {
      facts: {
        hostname: facts.hostname ?? '',
        fqdn: one('fqdn'),
        os: one('os_NAME'),
        os_version: one('os_VERSION_ID'),
        distribution: facts.distribution ?? '',
        init: facts.init,
        kernel: one('kernel_release'),
        arch: facts.arch ?? '',
        cpu: one('cpu'),
        cores: facts.cores ?? 0,
        memory: facts.memory ?? 0,
        memory_available: kibibytes(one('MemAvailable')),
        swap: kibibytes(one('SwapTotal')),
        swap_free: kibibytes(one('SwapFree')),
        load: Number(one('load')),
        uptime: Number(one('uptime')),
        product: one('product'),
        mounts: all('mount').map(([size, available, device = '', ...path]) => ({
          path: path.join(' '),
          device,
          size: kibibytes(size),
          available: kibibytes(available),
        })),
        interfaces: all('interface').map(([name = '', mac = '', state]) => ({
          name,
          mac,
          up: state === 'up',
          addresses: all('address')
            .filter(([owner]) => owner?.split(':')[0] === name)
            .map(([, address = '']) => address),
        })),
      },
    };
  },
});
