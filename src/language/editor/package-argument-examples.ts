import type { Json } from '../../core/json-value.ts';

/** Examples for modules that install packages of a language or of a store. */
export function packageArguments(): Readonly<Record<string, Json>> {
  return {
    'npm.name': 'pm2',
    'npm.version': '5.4.2',
    'npm.registry': 'https://registry.example.org',
    'npm.executable': '/opt/node/bin/npm',
    'pip.name': ['flask', 'requests>=2,<3'],
    'pip.version': '3.0.3',
    virtualenv_command: 'python3 -m venv',
    virtualenv_python: 'python3.12',
    'pip.executable': 'pip3.12',
    extra_args: '--no-deps',
    umask: '0022',
    'snap.channel': '5.21/stable',
    'snap.options': ['refresh.retain=2'],
    'zypper_repository.description': 'Packages of example.org',
    'apt_key.data': '-----BEGIN PGP PUBLIC KEY BLOCK-----',
    'apt_key.file': '/root/archive.asc',
    keyserver: 'keyserver.ubuntu.com',
    'apt_key.id': '0x9FED2BCBDCD29CDF762678CBAED4B06F473041FA',
    keyring: '/etc/apt/trusted.gpg.d/own.asc',
    'assemble.regexp': '^[0-9]+-',
    delimiter: '# --',
    exclude_hosts: ['192.0.2.7'],
    active_connection_states: ['ESTABLISHED'],
    'zypper_repository.priority': 90,
  };
}
