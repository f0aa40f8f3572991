import { defineModule, pushArgs, pushReturns, pushTrees } from '../../src/index.ts';

export default defineModule({
  summary: 'Switch folders of the host to a new version, and back when a service then fails',
  args: pushArgs,
  returns: pushReturns,
  example: `push:
  trees:
    - { source: nginx/, dest: /etc/nginx }
  services: [nginx]
  checks: [{ port: 80 }]
`,
  run: pushTrees,
});
