import { type PrepareCase, withPrograms } from './case.ts';
import { INJECTION } from './file-cases.ts';

/** A docker whose containers are files of $STATE, with the labels that they were made with. */
export const docker = `kind=$1
case "$1 $2" in
  'container ls') for each in "$STATE"/c-*; do [ -f "$each" ] && echo "\${each#"$STATE"/c-}"; done ;;
  'container inspect')
    asked=$(sed -n 's/^--label=swarm.asked=//p' "$STATE/c-$3")
    printf '[{"Image":"sha256:1","State":{"Running":%s},"Config":{"Labels":{"swarm.asked":"%s","swarm.description":"%s"}},"HostConfig":{"RestartPolicy":{"Name":"always"}}}]' \
      "$([ -e "$STATE/r-$3" ] && echo true || echo false)" "$asked" "$(cat "$STATE/description")" ;;
  'image inspect') echo sha256:1 ;;
  'network ls' | 'volume ls') for each in "$STATE/$kind"-*; do [ -f "$each" ] && echo "\${each#"$STATE/$kind-"}"; done ;;
  'network create' | 'volume create') for name; do :; done; : >"$STATE/$kind-$name" ;;
  create*)
    cat >"$STATE/env"
    for word; do case $word in --label=swarm.description=*)
      printf '%s' "\${word#*description=}" | sed 's/["\\\\]/\\\\&/g; s/$/\\\\n/' | tr -d '\\n' >"$STATE/description" ;; esac; done
    printf '%s\\n' "$@" >"$STATE/c-$3" ;;
  stop*) rm -f "$STATE/r-$2" ;;
  rm*) rm -f "$STATE/c-$3" "$STATE/r-$3" ;;
  rename*) mv "$STATE/c-$2" "$STATE/c-$3" ;;
  start* | restart*) : >"$STATE/r-$2" ;;
  pull*) ;;
  *) exit 2 ;;
esac
:`;

const caseOf =
  (args: object): PrepareCase =>
  async (dir) => ({ args, remote: await withPrograms(dir, { docker }) });

/** One use of each module of modules/containers. */
export const containerCases: Readonly<Record<string, PrepareCase>> = {
  container: caseOf({
    name: 'web',
    image: 'nginx:1.27',
    command: ['sh', '-c', INJECTION],
    env: { TEXT: INJECTION },
    labels: { text: INJECTION },
    restart_policy: 'always',
  }),
  container_network: caseOf({ name: 'shop', subnet: '192.0.2.0/24', internal: true }),
  container_volume: caseOf({ name: 'shop', driver_options: { device: INJECTION } }),
};
