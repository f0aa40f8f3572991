import { expect, test } from 'vitest';
import { forbiddenWords } from '../../src/engine/words.ts';

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
])('shell text is refused: %s', (text) => {
  expect(forbiddenWords(text)).toMatchObject({ code: 'SW3007' });
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
  '',
])('shell text is left alone: %s', (text) => {
  expect(forbiddenWords(text)).toBeUndefined();
});

test('argument lists are words, never shell text', () => {
  expect(forbiddenWords(['reboot'])).toMatchObject({ code: 'SW3007' });
  expect(forbiddenWords(['env', 'A=b', 'shutdown', '-r', 'now'])).toMatchObject({ code: 'SW3007' });
  expect(forbiddenWords(['sh', '-c', 'true; reboot'])).toMatchObject({ code: 'SW3007' });
  expect(forbiddenWords(['echo', '; reboot'])).toBeUndefined();
  expect(forbiddenWords(['touch', 'reboot'])).toBeUndefined();
});
