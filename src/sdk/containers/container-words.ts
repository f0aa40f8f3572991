import { hashSha256 } from '../files/file-content.ts';
import type { ContainerSpec } from './container-args.ts';

/** Labels in which a container keeps what was asked for. */
export const ASKED_LABEL = 'swarm.asked';
const DESCRIPTION_LABEL = 'swarm.description';

/** The words for `create` of docker and podman: options, the image, the words of the command. The environment is not among them. */
export function containerWords(spec: ContainerSpec): readonly string[] {
  const [network] = spec.networks;
  const mode = spec.network_mode ?? network?.name;
  const [program, ...first] = spec.entrypoint;
  const labels = { ...spec.labels, [ASKED_LABEL]: hashContainer(spec), [DESCRIPTION_LABEL]: describeContainer(spec) };
  return [
    ...['--restart', spec.restart_policy],
    ...option('--network', mode),
    ...(mode === network?.name ? (network?.aliases ?? []) : []).flatMap((each) => ['--network-alias', each]),
    ...option('--user', spec.user),
    ...option('--hostname', spec.hostname),
    ...option('--workdir', spec.working_dir),
    ...option('--memory', spec.memory),
    ...option('--cpus', spec.cpus?.toString()),
    ...option('--shm-size', spec.shm_size),
    ...option('--pid', spec.pid_mode),
    ...option('--ipc', spec.ipc_mode),
    ...option('--log-driver', spec.log_driver),
    ...option('--entrypoint', program),
    ...each('--publish', spec.ports),
    ...each('--volume', spec.volumes),
    ...each('--cap-add', spec.capabilities),
    ...each('--cap-drop', spec.cap_drop),
    ...each('--device', spec.devices),
    ...each('--security-opt', spec.security_opts),
    ...each(
      '--ulimit',
      spec.ulimits.map((limit) => limit.replace(':', '=')),
    ),
    ...each('--tmpfs', spec.tmpfs),
    ...each('--link', spec.links),
    ...each('--volumes-from', spec.volumes_from),
    ...each('--dns', spec.dns_servers),
    ...pairs('--sysctl', spec.sysctls, '='),
    ...pairs('--log-opt', spec.log_options, '='),
    ...pairs('--add-host', spec.etc_hosts, ':'),
    ...pairs('--label', labels, '='),
    ...(spec.privileged ? ['--privileged'] : []),
    ...(spec.read_only ? ['--read-only'] : []),
    ...(spec.init ? ['--init'] : []),
    spec.image ?? '',
    ...first,
    ...spec.command,
  ];
}

const option = (name: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [`${name}=${value}`]);
const each = (name: string, values: readonly string[]): readonly string[] => values.map((value) => `${name}=${value}`);
const pairs = (name: string, values: Readonly<Record<string, string>>, between: string): readonly string[] =>
  Object.entries(values).map(([key, value]) => `${name}=${key}${between}${value}`);

/** The networks to which a new container is connected after it is made. */
export function laterNetworks({ networks, network_mode }: ContainerSpec): ContainerSpec['networks'] {
  return network_mode === undefined ? networks.slice(1) : networks.filter(({ name }) => name !== network_mode);
}

/** The environment as a file for `--env-file`. */
export const environmentFile = ({ env }: ContainerSpec): string =>
  Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** One value for all that was asked for. A key that is not given and its default are the same. */
export const hashContainer = (spec: ContainerSpec): string =>
  hashSha256(JSON.stringify(Object.entries(spec).toSorted(([a], [b]) => (a < b ? -1 : 1))));

/** What was asked for, for a person. Of the environment only the names: a value may be a secret. */
export function describeContainer(spec: ContainerSpec): string {
  return Object.entries(spec)
    .flatMap(([name, value]) => {
      if (name === 'env') return Object.keys(spec.env).map((key) => `env ${key}`);
      if (Array.isArray(value)) return value.map((one) => `${name} ${typeof one === 'string' ? one : JSON.stringify(one)}`);
      if (typeof value === 'object') return Object.entries(value).map(([key, one]) => `${name} ${key}=${one}`);
      return value === undefined || value === false ? [] : [`${name} ${value}`];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** What is there: from `container inspect`. */
export interface FoundContainer {
  readonly image: string;
  readonly isRunning: boolean;
  readonly asked: string | undefined;
  readonly description: string;
  readonly restartPolicy: string;
}

/** Reads what docker or podman say of a container. Undefined where the text is not that. */
export function parseContainer(value: unknown): FoundContainer | undefined {
  const image = field(value, 'Image');
  const labels = field(field(value, 'Config'), 'Labels');
  const restart = field(field(value, 'HostConfig'), 'RestartPolicy');
  if (typeof image !== 'string') return undefined;
  const [name, count] = [field(restart, 'Name'), field(restart, 'MaximumRetryCount')];
  const asked = field(labels, ASKED_LABEL);
  const description = field(labels, DESCRIPTION_LABEL);
  return {
    image: plainId(image),
    isRunning: field(field(value, 'State'), 'Running') === true,
    asked: typeof asked === 'string' ? asked : undefined,
    description: typeof description === 'string' ? description : 'a container that swarm did not make\n',
    restartPolicy: `${typeof name === 'string' && name !== '' ? name : 'no'}${name === 'on-failure' && Number(count) > 0 ? `:${count}` : ''}`,
  };
}

/** The id of an image, which docker writes with its kind before it. */
export const plainId = (id: string): string => id.trim().replace(/^sha256:/, '');

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
