import { type HostSettings, hostSettings } from './inventory-schema.ts';

/** The settings of a host: each layer wins over those before it. Of `timeouts` each stage counts on its own, of `heal_wait` each step. */
export const mergeSettings = (layers: readonly HostSettings[]): HostSettings => ({
  ...Object.assign({}, ...layers.map(selectSettings)),
  timeouts: Object.assign({}, ...layers.map(({ timeouts }) => timeouts ?? {})),
  heal_wait: Object.assign({}, ...layers.map(({ heal_wait }) => heal_wait ?? {})),
});

const KEYS = Object.keys(hostSettings) as (keyof HostSettings)[];

/** The settings of a layer. Either spelling of the identity files replaces both of the layers before. */
function selectSettings(layer: HostSettings): HostSettings {
  const defined = Object.fromEntries(KEYS.flatMap((key) => (layer[key] === undefined ? [] : [[key, layer[key]]])));
  return 'identity_file' in defined || 'identity_files' in defined
    ? { identity_file: undefined, identity_files: undefined, ...defined }
    : defined;
}
