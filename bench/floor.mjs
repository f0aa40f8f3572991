// The floor: one command on N hosts with ssh2 and nothing else. `node floor.mjs KEY USER PORT...`
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import ssh2 from 'ssh2';

const [keyFile, username, ...ports] = process.argv.slice(2);
const privateKey = readFileSync(keyFile);

await Promise.all(
  ports.map(
    (port) =>
      new Promise((resolve, reject) => {
        const sock = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
        const client = new ssh2.Client();
        client.on('error', reject);
        client.on('ready', () => {
          client.exec('true', (error, channel) => {
            if (error) return reject(error);
            channel.on('close', () => resolve(client.end()));
            channel.resume().stderr.resume();
          });
        });
        client.connect({ sock, username, privateKey, hostVerifier: () => true });
      }),
  ),
);
