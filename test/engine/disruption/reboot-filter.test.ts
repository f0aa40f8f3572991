import { expect, test } from 'vitest';
import { findRebootCommand } from '../../../src/engine/disruption/reboot-filter.ts';

test.each([
  'reboot',
  '/sbin/reboot -f',
  'sudo reboot',
  'sudo -u root -n /sbin/shutdown -r now',
  'emerge --sync && reboot',
  'sleep 1; halt',
  'if true; then poweroff; fi',
  'FOO=1 nohup shutdown -h +1 &',
  'echo $(reboot)',
  'echo "now `halt`"',
  'sh -c "sleep 2; reboot"',
  "su - root -c 'init 6'",
  'timeout 5 init 0',
  'telinit 6',
  'systemctl reboot',
  'systemctl --no-block isolate reboot.target',
  'kexec -e',
  'openrc-shutdown -r now',
  'ls |\nxargs -n 1 reboot',
  'echo b > /proc/sysrq-trigger',
  "re'boot'",
  '>/dev/null 2>&1 reboot',
  'reboot &>/dev/null',
  'c=reboot; sudo $c',
  'for c in sync reboot; do $c; done',
  'echo reboot | sudo sh',
  "printf 'sync\\nreboot\\n' | bash -s",
  'sh <<<reboot',
  'bash <<EOF\nreboot\nEOF',
  '$(which reboot) -f',
  'exec `command -v poweroff`',
  'sudo --user root -- shutdown -r now',
  'env -S "reboot -f"',
  'flock /tmp/l -c "sync; reboot"',
  'ssh -p 22 gateway sudo reboot',
  'find / -name x -exec reboot ;',
  'busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager Reboot b true',
  'python3 -c "import os; os.system(\'reboot\')"',
  'kill -9 1',
  'openrc reboot',
  'ipmitool chassis power cycle',
  'virsh destroy gateway',
  'f() { reboot; }; f',
  'case x in x) halt;; esac',
  'echo b | tee /proc/sysrq-trigger',
  '/sbin/reboo?',
  'trap reboot EXIT',
])('shell text is refused: %s', (text) => {
  expect(findRebootCommand(text)).toMatchObject({ code: 'SW3007' });
});

test.each([
  'echo reboot',
  'grep -r shutdown /etc',
  'sudo -n grep reboot /var/log/messages',
  'last reboot | head -1',
  'cat /var/log/reboot.log # reboot',
  'init 3',
  'systemctl status reboot-notifier',
  'systemctl restart sshd',
  'rc-service sshd restart',
  "echo 'sleep; reboot'",
  'command -v reboot >/dev/null || echo none',
  'which reboot',
  'kill -1 1234',
  'kill -9 12',
  'ssh gateway grep reboot /var/log/messages',
  'awk "/reboot/ { print }" /var/log/messages',
  'cat /var/run/reboot-required 2>/dev/null',
  'x=reboot; echo $x',
  'echo shutdown > /tmp/note',
  'find / -name reboot',
  'emerge sys-apps/systemd constructor',
  '',
])('shell text is left alone: %s', (text) => {
  expect(findRebootCommand(text)).toBeUndefined();
});

test('argument lists are words, never shell text', () => {
  expect(findRebootCommand(['reboot'])).toMatchObject({ code: 'SW3007' });
  expect(findRebootCommand(['env', 'A=b', 'shutdown', '-r', 'now'])).toMatchObject({ code: 'SW3007' });
  expect(findRebootCommand(['sh', '-c', 'true; reboot'])).toMatchObject({ code: 'SW3007' });
  expect(findRebootCommand(['echo', '; reboot'])).toBeUndefined();
  expect(findRebootCommand(['touch', 'reboot'])).toBeUndefined();
});
