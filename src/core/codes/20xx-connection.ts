import type { ErrorKind } from './kind.ts';

const unreachable = { exit: 4, outcome: 'unreachable', retry: 'reconnect', cause: 'link' } as const;
const unproven = { exit: 7, outcome: 'refused', retry: 'other-host', cause: 'host' } as const;

/** Errors on the way to a host: network, host key, login, rights. */
export const connectionErrors = {
  SW2001: {
    ...unreachable,
    precedence: 12,
    title: 'No route works',
    explain: {
      what: 'swarm tried every route of the host and none works.',
      why: 'The machine is down, the network does not lead to it, or an address is wrong.',
      fix: 'To try every route and see why each fails, run: swarm hosts verify NAME',
    },
  },
  SW2002: {
    ...unreachable,
    precedence: 7,
    title: 'Login refused',
    explain: {
      what: 'The machine proved that it is the right one, but it accepts none of our keys.',
      why: 'The public key is not in ~/.ssh/authorized_keys of that user, its file modes are too open, or the agent does not have the key.',
      fix: 'Add the key: ssh-copy-id USER@ADDRESS. To see the keys of the agent, run: ssh-add -l',
    },
  },
  SW2003: {
    ...unproven,
    precedence: 4,
    title: 'Host key changed',
    explain: {
      what: 'The host shows a key that is not pinned, and no other host of the inventory has it. Nothing was sent.',
      why: 'The machine was installed again, or another machine uses its address.',
      fix: 'Compare the key at the console of the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. If it is right, run: swarm hosts trust NAME --replace',
    },
  },
  SW2004: {
    ...unproven,
    title: 'Certificate authority',
    explain: {
      what: 'known_hosts contains a @cert-authority line.',
      why: 'swarm does not support host certificates.',
      fix: "Remove the line and pin the host's own key: swarm hosts trust NAME",
    },
  },
  SW2005: {
    ...unreachable,
    precedence: 11,
    title: 'Connection lost',
    explain: {
      what: 'The connection broke while work was under way. The result of that work is unknown.',
      why: 'The network failed, or the machine went down. Jobs on the host, such as builds, go on. A command of a task may go on too, or have ended.',
      fix: 'When the host is back: swarm runs resume last. It attaches to jobs and builds nothing twice. A task that was cut off runs again, so look first what it did.',
    },
  },
  SW2006: {
    ...unreachable,
    precedence: 8,
    title: 'No usable shell',
    explain: {
      what: 'The login works, but the host gives no usable shell.',
      why: 'A host needs sh. A start-up file that prints text or asks a question breaks the session.',
      fix: 'Try it by hand, it must print one word only: ssh USER@ADDRESS sh -c "echo ok"',
    },
  },
  SW2007: {
    exit: 2,
    outcome: 'failed',
    retry: 'other-host',
    cause: 'link',
    title: 'Tunnel refused',
    explain: {
      what: 'The host refuses a tunnel that a task needs.',
      why: 'AllowTcpForwarding is off in its sshd_config, the port is in use, or the route is a command, which has no tunnels.',
      fix: 'Set AllowTcpForwarding yes in /etc/ssh/sshd_config on the host and reload sshd.',
    },
  },
  SW2008: {
    ...unproven,
    precedence: 5,
    title: 'Key revoked',
    explain: {
      what: 'The host shows a key that a known_hosts file marks as @revoked. Nothing was sent.',
      why: 'A revoked key is never accepted, because somebody else may have it.',
      fix: 'Make new keys on the host: rm /etc/ssh/ssh_host_*; ssh-keygen -A. Then run: swarm hosts trust NAME --replace',
    },
  },
  SW2009: {
    exit: 2,
    outcome: 'failed',
    retry: 'other-host',
    cause: 'link',
    title: 'Become refused',
    explain: {
      what: 'The login works, but the host does not let the user run commands as the other user.',
      why: 'The program is not installed, it wants a password that swarm does not have, or its rules do not allow the login. The message has the text of the host.',
      fix: 'Give the password with -K or with become_password in the inventory, or correct /etc/sudoers or /etc/doas.conf on the host. To test it, run: swarm exec NAME -b -- id',
    },
  },
  SW2010: {
    ...unreachable,
    precedence: 10,
    title: 'Jump host refuses to forward',
    explain: {
      what: 'The jump host does not open a connection to the host behind it.',
      why: 'AllowTcpForwarding is off in its sshd_config, or the route to it is a command, which cannot forward.',
      fix: 'Set AllowTcpForwarding yes in /etc/ssh/sshd_config on the jump host and reload sshd. Then run: swarm hosts verify NAME',
    },
  },
  SW2040: {
    ...unreachable,
    precedence: 6,
    title: 'No common algorithm',
    explain: {
      what: 'An SSH server answers, but it and swarm have no key exchange, cipher or MAC in common.',
      why: 'Its sshd_config allows only algorithms that swarm does not speak: post-quantum key exchanges, CBC, or ChaCha20, which Terrapin (CVE-2023-48795) cuts into.',
      fix: 'Allow one more in /etc/ssh/sshd_config on the host, for example KexAlgorithms +curve25519-sha256 or Ciphers +aes128-gcm@openssh.com, and reload sshd.',
    },
  },
  SW2042: {
    ...unreachable,
    precedence: 9,
    title: 'Server takes no more logins',
    explain: {
      what: 'The SSH server said several times that it takes no more logins at the moment.',
      why: 'More logins are under way than MaxStartups allows, or the server keeps this address out for some time.',
      fix: 'Connect to fewer hosts at a time with --forks, or raise MaxStartups in /etc/ssh/sshd_config on the host.',
    },
  },
} as const satisfies Record<string, ErrorKind>;
