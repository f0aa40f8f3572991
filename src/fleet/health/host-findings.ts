import type { Host } from '../../core/inventory/host.ts';
import { type HealthFinding, makeFinding } from './health-finding.ts';
import type { HostCheckup, ServiceCheck } from './host-checkup.ts';

const DISK_PERCENT = 90;

const CLOCK_SECONDS = 60;

/** What is wrong on the host itself. */
export function hostFindings(host: Host, { clockSkew, disks, services, tools }: HostCheckup): readonly HealthFinding[] {
  const seconds = Math.round(Math.abs(clockSkew));
  const off = `its clock is ${seconds} s ${clockSkew > 0 ? 'ahead' : 'behind'}`;
  return [
    ...services.flatMap((service) => serviceFindings(host, service)),
    ...disks
      .filter(({ used }) => used > DISK_PERCENT)
      .map(({ mount, used }) => makeFinding(host, 'bad', 'disk', `${mount} is ${used} % full`, 'Free space on it before builds fail.')),
    ...(seconds >= CLOCK_SECONDS
      ? [makeFinding(host, 'bad', 'clock', off, 'Run an NTP client on the host: chronyd or systemd-timesyncd.')]
      : []),
    ...tools.map((tool) =>
      makeFinding(
        host,
        'bad',
        'tool',
        `${tool} is missing`,
        'Install coreutils and util-linux on a host, and Portage and Python 3 on a drone.',
      ),
    ),
  ];
}

function serviceFindings(host: Host, { name, known, running, enabled }: ServiceCheck): readonly HealthFinding[] {
  if (!known) return [makeFinding(host, 'bad', 'service', `no service is called ${name}`, 'Correct vars.services of the host.')];
  const enable = `systemctl enable ${name}, or rc-update add ${name} default`;
  const start = `systemctl start ${name}, or rc-service ${name} start`;
  return [
    ...(running ? [] : [makeFinding(host, 'bad', 'service', `${name} does not run`, start)]),
    ...(enabled ? [] : [makeFinding(host, 'bad', 'service', `${name} ${running ? 'runs, but is not' : 'is not'} enabled at boot`, enable)]),
  ];
}

/** Whether the SSH server keeps a strict order in the key exchange, as its greeting shows. */
export const sshdFindings = (
  host: Host,
  { strict, banner }: { readonly strict: boolean; readonly banner: string },
): readonly HealthFinding[] =>
  strict
    ? []
    : [
        makeFinding(
          host,
          'warn',
          'sshd',
          `${banner || 'its SSH server'} has no strict key exchange`,
          'Update OpenSSH to 9.6 or newer, which closes CVE-2023-48795 (Terrapin).',
        ),
      ];
