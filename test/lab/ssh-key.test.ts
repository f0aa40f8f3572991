import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { createSshKey } from '../../src/lab/ssh-key.ts';

test('a new key is read by ssh2 every time and signs for its public half', () => {
  for (let n = 0; n < 200; n++) {
    const { privateText, publicKey } = createSshKey('x'.repeat(n % 9));
    const key = ssh2.utils.parseKey(privateText);
    if (key instanceof Error) throw key;
    expect(key.getPublicSSH().toString('base64')).toBe(publicKey.blob);
    const other = ssh2.utils.parseKey(`${publicKey.type} ${publicKey.blob}`);
    if (other instanceof Error) throw other;
    expect(other.verify('text', key.sign('text') as Buffer)).toBe(true);
  }
});
