import { expect, test } from 'vitest';
import { findRebootCommand } from '../../../src/engine/disruption/reboot-filter.ts';

test.each([
  'reboot',
  '/sbin/reboot -f',
  'sudo reboot',
  'sudo -u root -n /sbin/shutdown -r now',
  'sudo --user root -- shutdown -r now',
  'emerge --sync && reboot',
  'sleep 1; halt',
  'true || poweroff',
  'if true; then poweroff; fi',
  'FOO=1 nohup shutdown -h +1 &',
  'echo $(reboot)',
  'sh -c "sleep 2; reboot"',
  "bash -lc 'reboot'",
  "su - root -c 'init 6'",
  'timeout 5 init 0',
  'telinit 6',
  'sudo -iu root reboot',
  'command reboot',
  'flock /run/lock reboot',
  'find / -maxdepth 0 -exec reboot \\;',
  'echo 1 | xargs -n 1 reboot',
  'bash <<EOF\nreboot\nEOF',
  'systemctl reboot',
  'systemctl --no-block isolate reboot.target',
  'systemctl start poweroff.target',
  'systemctl suspend',
  'loginctl poweroff',
  'kexec -e',
  'openrc-shutdown -r now',
  'busybox reboot',
  "re'boot'",
  'reboot >/dev/null 2>&1',
  'make \\\n  && reboot',
  'sync\nreboot\n',
])('shell text that takes the machine down is refused: %s', (text) => {
  expect(findRebootCommand(text)).toMatchObject({ code: 'SW3007', hint: expect.stringContaining('disruptive: true') });
});

test.each([
  'echo reboot',
  "echo 'sleep; reboot'",
  'echo "a; reboot"',
  'grep -r shutdown /etc',
  'sudo -n grep reboot /var/log/messages',
  'last reboot | head -1',
  'cat /var/log/reboot.log # reboot',
  'awk "/reboot/ { print }" /var/log/messages',
  'systemctl status reboot.target',
  'systemctl cat rescue',
  'systemctl mask sleep.target suspend.target',
  'systemctl list-dependencies reboot.target',
  'systemctl restart sshd',
  'systemctl is-active poweroff.target',
  'shutdown -c',
  'reboot --help',
  'kill -HUP 1',
  'kill -1 1234',
  'init 3',
  'kexec -l /boot/vmlinuz',
  'virsh dominfo reset',
  'virsh list',
  'command -v reboot >/dev/null || echo none',
  'which reboot',
  'cat <<EOF\nreboot\nEOF',
  "cat >note <<'END'\nhalt\nEND\necho done",
  'flock /run/lock uptime',
  'xargs -n 1 echo reboot',
  'rc-service sshd restart',
  'ssh gateway grep reboot /var/log/messages',
  'cat /var/run/reboot-required 2>/dev/null',
  'find / -name reboot',
  'touch reboot',
  'emerge sys-apps/systemd constructor',
  '',
  '"',
])('shell text that leaves the machine up is run: %s', (text) => {
  expect(findRebootCommand(text)).toBeUndefined();
});

test('an argument list is not read as shell text', () => {
  expect(findRebootCommand(['reboot'])).toMatchObject({ code: 'SW3007' });
  expect(findRebootCommand(['env', 'A=b', 'shutdown', '-r', 'now'])).toMatchObject({ code: 'SW3007' });
  expect(findRebootCommand(['sh', '-c', 'true; reboot'])).toMatchObject({ code: 'SW3007' });
  expect(findRebootCommand(['systemctl', 'mask', 'sleep.target', 'suspend.target'])).toBeUndefined();
  expect(findRebootCommand(['echo', '; reboot'])).toBeUndefined();
  expect(findRebootCommand(['touch', 'reboot'])).toBeUndefined();
});
