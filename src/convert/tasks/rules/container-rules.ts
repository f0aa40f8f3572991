import { FALSE, type ModuleRule, type ModuleRules, TRUE } from './module-rule.ts';

const API: NonNullable<ModuleRule['drop']> = {
  ...{ docker_host: 'any', api_version: 'any', timeout: 'any', validate_certs: 'any', tls: FALSE, debug: 'any' },
};
const COMPARISONS = 'a container is made anew where its task says something else than before: there is no comparisons';

/** Of containers. */
export const containerRules: ModuleRules = {
  docker_container: {
    to: 'container',
    rename: {
      published_ports: 'ports',
      exposed: 'exposed_ports',
      force_kill: 'kill',
      cap_add: 'capabilities',
    },
    values: { pull: { always: true, missing: false } },
    drop: {
      ...API,
      ...{
        keep_volumes: TRUE,
        detach: TRUE,
        networks_cli_compatible: 'any',
        container_default_behavior: 'any',
        cleanup: FALSE,
        output_logs: FALSE,
      },
      ...{ comparisons: 'any', purge_networks: 'any', image_comparison: 'any', image_name_mismatch: 'any', command_handling: 'any' },
      ...{ default_host_ip: [''], tty: FALSE, interactive: FALSE, auto_remove: FALSE, exposed_ports: 'any', kill: 'any' },
    },
    note: { comparisons: COMPARISONS },
  },
  docker_network: {
    to: 'container_network',
    rename: { network_name: 'name' },
    drop: { ...API, force: FALSE, appends: 'any', connected: 'any', scope: ['local'], attachable: FALSE },
    note: { connected: 'a container names its networks: there is no connected' },
  },
  docker_volume: {
    to: 'container_volume',
    rename: { volume_name: 'name' },
    drop: { ...API, recreate: ['never'] },
  },
};
