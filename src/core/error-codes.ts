export interface ErrorCodeInfo {
  readonly exit: 1 | 2 | 4 | 5 | 6 | 7 | 8 | 9;
  readonly title: string;
  /** What `swarm explain CODE` prints: why it happens and how it is mended. */
  readonly explain: string;
}

/** Every error that swarm can print. 10xx YAML, 11xx playbooks, 12xx command line, 13xx inventory, 20xx reaching a host,
 *  30xx guards, 40xx packages, 50xx swarm itself, 60xx work on a host. */
export const errorCodes: Readonly<Record<string, ErrorCodeInfo>> = {
  SW1001: { exit: 6, title: 'Tab used as indentation', explain: 'YAML is indented with spaces only. Replace the tab with two spaces.' },
  SW1002: {
    exit: 6,
    title: 'YAML syntax',
    explain:
      'The text is not YAML. A value with ": " or " #" in it, or one that starts with one of { [ & * ! | > % @ `, belongs in quotes.',
  },
  SW1003: {
    exit: 6,
    title: 'Unquoted template',
    explain: 'An unquoted {{ starts a YAML mapping, not a template. Put the whole value in double quotes: "{{ name }}".',
  },
  SW1004: { exit: 6, title: 'Key given twice', explain: 'Each key may stand once in a mapping. Remove or rename one of the two.' },
  SW1005: {
    exit: 6,
    title: 'File mode without quotes',
    explain: 'In YAML 1.2 an unquoted 0644 is the decimal number 644. Write the mode as text: mode: "0644".',
  },
  SW1006: { exit: 6, title: 'Unknown tag', explain: 'YAML tags such as !vault are not supported.' },
  SW1007: { exit: 6, title: 'Unknown anchor', explain: 'An alias needs an anchor before it in the same file.' },
  SW1008: { exit: 6, title: 'Too large', explain: 'A file may have 1 MiB, 100 levels and 100 aliases.' },
  SW1009: { exit: 6, title: 'Several documents', explain: 'One document a file. Use a second file.' },
  SW1010: { exit: 6, title: 'Not UTF-8', explain: 'Files are UTF-8. Convert it: iconv -f latin1 -t utf-8.' },
  SW1101: { exit: 6, title: 'Something required is missing', explain: 'The hint names what is missing and its form.' },
  SW1102: {
    exit: 6,
    title: 'Unknown host or group in a playbook',
    explain: 'hosts: takes names and groups of the inventory, or a pattern of them.',
  },
  SW1103: { exit: 6, title: 'Not exactly one module', explain: 'A task runs exactly one module. Split it into two tasks.' },
  SW1104: { exit: 6, title: 'Unknown key', explain: 'Keys are never ignored. The hint names the nearest one.' },
  SW1105: { exit: 6, title: 'Keyword of Ansible that is not supported', explain: 'The hint names the replacement.' },
  SW1106: { exit: 6, title: 'Braces in an expression', explain: 'when, until and the like are expressions already: write x, not {{ x }}.' },
  SW1107: { exit: 6, title: 'Expression syntax', explain: 'Expressions are CEL: a == "b", x in list, size(list) > 0, a && !b.' },
  SW1108: { exit: 6, title: 'Undefined variable', explain: 'A name that is nowhere defined is an error, never an empty text.' },
  SW1109: { exit: 6, title: 'Wrong type', explain: 'The value has another type than the key wants.' },
  SW1110: { exit: 6, title: 'Unknown handler', explain: 'notify: names a handler of the same play.' },
  SW1111: { exit: 6, title: 'Unknown module', explain: 'swarm modules lists the modules; a project may add its own in modules/.' },
  SW1112: { exit: 6, title: 'Module argument', explain: 'swarm modules NAME shows the arguments of a module.' },
  SW1113: {
    exit: 6,
    title: 'Template syntax',
    explain: 'Templates are Handlebars, strict: {{ name }}, {{#if x}}…{{/if}}, {{#each list}}…{{/each}}.',
  },
  SW1114: {
    exit: 6,
    title: 'Unquoted value in shell text',
    explain: 'In shell text a value is written {{quote x}}, so that it stays one word, or {{raw x}} if it is shell text itself.',
  },
  SW1115: {
    exit: 6,
    title: 'Argument of the playbook',
    explain: 'The args: of a playbook declare name, type, positional, required, default, describe.',
  },
  SW1116: {
    exit: 6,
    title: 'Imported file',
    explain: 'import_tasks and vars_files name files beside the playbook; files never import each other in a circle.',
  },
  SW1201: {
    exit: 5,
    title: 'Not a package atom',
    explain: 'Atoms are written category/name, =category/name-1.2, >=category/name-1.2:slot, or @set.',
  },
  SW1202: { exit: 5, title: 'Command line', explain: 'swarm COMMAND --help shows what the command takes.' },
  SW1203: { exit: 5, title: 'Unknown name', explain: 'A name that matches nothing stops the run; the hint names the nearest one.' },
  SW1204: { exit: 5, title: 'Empty selection', explain: 'The pattern leaves no host over. Nothing was done.' },
  SW1205: { exit: 5, title: 'Argument of the playbook', explain: 'swarm run PLAYBOOK --help shows what the playbook takes.' },
  SW1206: {
    exit: 5,
    title: 'No project here',
    explain: 'A project is a folder with inventory/ in it, here or above. swarm init makes one; -C DIR names one.',
  },
  SW1207: {
    exit: 5,
    title: 'Secret',
    explain:
      'A secret comes from an environment variable, a file of mode 0600 or a command: secret: { from: env:NAME } in vars, or --secret NAME=file:PATH. It has 6 characters at least, and never stands in a command line: hand it over in environment:, stdin: or a file.',
  },
  SW1301: { exit: 6, title: 'One address, two hosts', explain: 'A machine has one entry. For a host behind NAT use a jump route.' },
  SW1302: {
    exit: 7,
    title: 'One key, two hosts',
    explain: 'Two hosts with one host key are a clone. Make new keys on one: remove /etc/ssh/ssh_host_*, ssh-keygen -A.',
  },
  SW1303: { exit: 6, title: 'Not an address', explain: 'An address is IPv4, IPv6 or a host name, with :port if needed; [v6]:port.' },
  SW1304: {
    exit: 6,
    title: 'Jump that leads nowhere',
    explain: 'A jump goes through another host of the inventory, and never in a circle.',
  },
  SW1305: {
    exit: 7,
    title: 'Host never trusted',
    explain: 'Nothing is sent to a host whose key was never compared. swarm hosts trust NAME shows its keys and pins them.',
  },
  SW1306: { exit: 6, title: 'Inventory', explain: 'swarm schema inventory prints the form of the inventory.' },
  SW1307: { exit: 6, title: 'known_hosts', explain: "inventory/known_hosts has OpenSSH's format; swarm hosts trust writes it." },
  SW2001: {
    exit: 4,
    title: 'No route answers',
    explain: 'Every route was tried. swarm hosts verify NAME tries them again and says why each failed.',
  },
  SW2002: {
    exit: 4,
    title: 'Login refused',
    explain: 'The host is the right one but takes none of our keys. Look at ~/.ssh/authorized_keys there, and at the agent here.',
  },
  SW2003: {
    exit: 7,
    title: 'Host key changed',
    explain:
      'The host shows a key that was never pinned, and no other host has it. After a reinstall compare it at the console: ssh-keygen -lf; then swarm hosts trust NAME --replace.',
  },
  SW2004: {
    exit: 7,
    title: 'Certificate authority',
    explain: "@cert-authority is not supported. Pin the host's own key: swarm hosts trust NAME.",
  },
  SW2005: {
    exit: 4,
    title: 'Link lost',
    explain: 'The connection broke while work was under way; its result is unknown. Detached jobs go on and are attached again.',
  },
  SW2006: {
    exit: 4,
    title: 'Not answering as a shell',
    explain: 'A host needs sh. A banner or a start-up file that prints or asks breaks the session.',
  },
  SW2007: { exit: 4, title: 'No forwarding', explain: 'The host refuses tunnels: AllowTcpForwarding in its sshd_config.' },
  SW2008: { exit: 7, title: 'Key revoked', explain: 'A known_hosts file marks this key @revoked. It is never accepted.' },
  SW2009: {
    exit: 4,
    title: 'Rights refused',
    explain: 'become: needs sudo (NOPASSWD) or doas (nopass) without a password, or su as root. The message says what the host answered.',
  },
  SW3001: {
    exit: 7,
    title: 'Another machine on the route',
    explain:
      'The address of this route is answered by another machine: NAT, a re-used address, a typing error. No command was sent. Remove or correct the route.',
  },
  SW3002: { exit: 7, title: 'Protected host', explain: 'The machine is protected. --allow-protected NAME lifts it for one run.' },
  SW3003: { exit: 7, title: 'Lock held', explain: 'Another run works on the same thing.' },
  SW3004: {
    exit: 7,
    title: 'Machine-id differs',
    explain:
      'The host key is right and the machine-id is not: a clone, or a restored backup. swarm hosts trust NAME --replace after a look.',
  },
  SW3005: { exit: 7, title: 'Host blocked', explain: 'A block has a reason and an end; swarm hosts unblock NAME lifts it.' },
  SW3006: {
    exit: 7,
    title: 'Refused by a guard',
    explain: 'Disruptive work needs a fresh proof, an unprotected machine, clean routes and no running job.',
  },
  SW3007: {
    exit: 7,
    title: 'Use the module',
    explain: 'command and shell do not reboot or power off machines. The reboot module does, behind its guards.',
  },
  SW3008: {
    exit: 7,
    title: 'Fleet breaker',
    explain: 'Most hosts failed alike: dispatch stopped, nobody is blamed. Mend the common cause and resume.',
  },
  SW3009: {
    exit: 7,
    title: 'Key of another host',
    explain:
      'A machine that is to be trusted shows a key that another host of the inventory has. Either a route leads to that host, or one machine is a clone of the other: make new keys on the clone (remove /etc/ssh/ssh_host_*, ssh-keygen -A). Nothing was pinned.',
  },
  SW4001: {
    exit: 9,
    title: 'Checksum differs',
    explain: 'The bytes here are not those that the host declared. Nothing of the package was published.',
  },
  SW4002: { exit: 9, title: 'Short file', explain: 'The file ended too early. Nothing of the package was published.' },
  SW4003: { exit: 9, title: 'Not a package', explain: 'The file is not a well-formed gpkg or xpak. Nothing of it was published.' },
  SW4004: { exit: 9, title: 'Other bytes under one name', explain: 'A published file never changes. Build it again for a new BUILD_ID.' },
  SW4005: { exit: 9, title: 'Not the package asked for', explain: 'Category, name or version inside the file are not those of the item.' },
  SW4006: {
    exit: 9,
    title: 'Index invalid',
    explain: 'The Packages index cannot be read, or disagrees with the files. swarm binhost check tells more.',
  },
  SW4007: { exit: 9, title: 'Not for publishing', explain: 'RESTRICT=bindist packages are built but not published.' },
  SW5000: { exit: 1, title: 'A bug of swarm', explain: 'Please report it with the stack that stands below the message.' },
  SW5001: {
    exit: 1,
    title: 'Disk full here',
    explain: 'No space is left on this machine. Free some and run again; nothing half done was published.',
  },
  SW5002: { exit: 1, title: 'Journal damaged', explain: 'A record in the middle of a journal cannot be read. Nothing is guessed.' },
  SW5003: { exit: 1, title: 'File cannot be read or written here', explain: 'The message names the file and the reason.' },
  SW6001: { exit: 2, title: 'Command failed', explain: 'The command ended with another exit status than 0.' },
  SW6002: { exit: 2, title: 'Time limit', explain: 'The command took longer than its limit and was ended.' },
  SW6003: {
    exit: 2,
    title: 'Build failed',
    explain: 'emerge failed. The first error of its log is shown; swarm runs logs RUN HOST has all.',
  },
  SW6004: {
    exit: 2,
    title: 'Masked package',
    explain: 'A keyword, a mask or a licence keeps the package out; its configuration on the drones decides.',
  },
  SW6005: { exit: 2, title: 'No such package', explain: "No ebuild satisfies the atom in the drones' repositories." },
  SW6006: { exit: 2, title: 'USE change needed', explain: 'Portage asks for other USE flags; set them in package.use on the drones.' },
  SW6007: { exit: 2, title: 'Portage cannot solve it', explain: 'Blockers, slot conflicts or a cycle; the message of Portage is shown.' },
  SW6008: { exit: 2, title: 'Disk full on the host', explain: 'The build ran out of space there. PORTAGE_TMPDIR and PKGDIR need room.' },
  SW6009: { exit: 2, title: 'Source not to be had', explain: 'A distfile could not be downloaded on the drone.' },
  SW6010: { exit: 2, title: 'Job died', explain: 'The job ended without a result: killed, out of memory, or the machine rebooted.' },
  SW6011: { exit: 2, title: 'Something is missing on the host', explain: 'The message names the program or file that the module needs.' },
  SW6012: { exit: 2, title: 'Task failed', explain: 'failed_when held, or the module found the work impossible.' },
  SW6013: { exit: 8, title: 'Stopped: too many hosts failed', explain: 'any_errors_fatal or max_fail_percentage ended the play.' },
  SW6014: { exit: 2, title: 'Value at run time', explain: 'A template or expression met a value that does not exist or has another type.' },
};
