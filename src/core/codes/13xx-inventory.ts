import { type ErrorKind, invalidFile } from './kind.ts';

/** Errors in the inventory and in the pins. */
export const inventoryErrors = {
  SW1301: {
    ...invalidFile,
    title: 'One address, two hosts',
    explain: {
      what: 'Two hosts of the inventory have the same address.',
      why: 'An address leads to one machine, so one of the two entries is wrong.',
      fix: 'Give each machine one entry. For a host behind NAT use a jump route: jump: { via: HOST, address: ADDRESS }',
    },
  },
  SW1302: {
    exit: 7,
    outcome: 'refused',
    retry: 'other-host',
    cause: 'host',
    precedence: 3,
    title: 'One key, two hosts',
    explain: {
      what: 'Two hosts of the inventory have the same host key. Nothing was sent.',
      why: 'One machine is a clone of the other, so the key proves neither.',
      fix: 'Make new keys on one of them: rm /etc/ssh/ssh_host_*; ssh-keygen -A. Then run: swarm hosts trust NAME --replace',
    },
  },
  SW1303: {
    ...invalidFile,
    title: 'Not an address',
    explain: {
      what: 'A route has an address that cannot be used.',
      why: 'An address is IPv4, IPv6 or a host name, with :port if needed. An IPv6 address with a port needs brackets: [v6]:port.',
      fix: 'Correct the address, then run: swarm check',
    },
  },
  SW1304: {
    ...invalidFile,
    precedence: 9,
    title: 'Jump that leads nowhere',
    explain: {
      what: 'A jump route cannot work.',
      why: 'A jump goes through another host of the inventory, and never in a circle.',
      fix: 'Correct via: in the route. To see the routes of a host, run: swarm hosts show NAME',
    },
  },
  SW1305: {
    exit: 7,
    outcome: 'refused',
    retry: 'other-host',
    cause: 'host',
    precedence: 6,
    title: 'Host never trusted',
    explain: {
      what: 'The host has no pin. Nothing was sent to it.',
      why: 'swarm sends nothing to a machine until you have compared its host key once.',
      fix: 'To see its keys and pin them, run: swarm hosts trust NAME',
    },
  },
  SW1306: {
    ...invalidFile,
    title: 'Inventory',
    explain: {
      what: 'An entry of the inventory has a wrong form.',
      why: 'The message names the entry and what it takes.',
      fix: 'Correct the entry. To see the form of the inventory, run: swarm schema inventory',
    },
  },
  SW1307: {
    ...invalidFile,
    title: 'Line of known_hosts',
    explain: {
      what: 'A line of inventory/known_hosts cannot be read.',
      why: "The file has OpenSSH's format. swarm hosts trust writes it.",
      fix: 'Remove the line and pin the host again: swarm hosts trust NAME',
    },
  },
  SW1308: {
    ...invalidFile,
    title: 'Target',
    explain: {
      what: 'A target of the inventory cannot be used as it is written.',
      why: 'It names drones, clients, a folder, a package list or a binhost that are missing or belong to another target.',
      fix: 'Correct the entry that the message names, then run: swarm check',
    },
  },
  SW1309: {
    ...invalidFile,
    title: 'Saved plan',
    explain: {
      what: 'The file is not a plan that swarm saved, or it is damaged. Nothing was built.',
      why: 'It was cut off or changed, another version of swarm wrote it, or it is another file.',
      fix: 'Make the plan again: swarm run build --check --plan FILE',
    },
  },
  SW1310: {
    ...invalidFile,
    title: 'Line of ssh_config without effect',
    explain: {
      what: 'A line of ~/.ssh/config or /etc/ssh/ssh_config holds for hosts of the inventory, and swarm does not do what it says.',
      why: 'swarm runs no program of these files, and it does not support all of their keywords.',
      fix: 'Write a route or a key into the inventory instead. To see what holds for a host, run: swarm hosts show NAME',
    },
  },
  SW1311: {
    ...invalidFile,
    title: "Variable of Ansible's inventory without effect",
    explain: {
      what: 'A connection variable of an Ansible inventory says what swarm does not do. A host that it makes unreachable is left out.',
      why: 'swarm reaches hosts by SSH with keys, and becomes another user by sudo, doas or su.',
      fix: 'Do what the hint says. To see the hosts and how they are reached, run: swarm hosts list',
    },
  },
  SW1312: {
    ...invalidFile,
    title: 'File of this machine is missing',
    explain: {
      what: 'The inventory names a key, the file of a secret or a program that this machine does not have. swarm warns.',
      why: 'The path is wrong, or the file is on another machine. A login may still work with a key of the agent.',
      fix: 'Correct the path, or make the file. Then run: swarm check',
    },
  },
  SW1313: {
    ...invalidFile,
    title: 'Setting written as a variable',
    explain: {
      what: 'A variable of the inventory has the name of a setting of hosts, such as heal or become_user. swarm takes it as a variable, and warns.',
      why: 'What stands under vars: is for playbooks, and changes nothing in how swarm treats the host.',
      fix: 'Write it beside vars:, or give the variable another name. To turn the warning off, write warnings: false in inventory/swarm.yml.',
    },
  },
  // the numbers of these two are of another family: a number that people may have seen is not changed
  SW6040: {
    ...invalidFile,
    title: 'Wrong entry of notify',
    explain: {
      what: 'An entry of `notify:` in the inventory does not say how to tell, or says it twice.',
      why: 'Each entry has one of command, webhook and email. form and token belong to a webhook, sendmail to an e-mail.',
      fix: 'Correct the entry; docs/notify.md has an example of each. Then run: swarm check',
    },
  },
  SW6041: {
    ...invalidFile,
    title: 'heal without effect',
    explain: {
      what: 'A host has `heal:` in the inventory, and nothing is ever done to it.',
      why: 'It is protected, and swarm cleans, restarts and reboots no protected host by itself.',
      fix: 'Remove heal: or protected: true of the host. Then run: swarm check',
    },
  },
} as const satisfies Record<string, ErrorKind>;
