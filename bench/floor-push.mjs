// The floor: a folder to N hosts with ssh2 and nothing else: list it (size and time), compare, one tar of what differs, one command.
// `node floor-push.mjs KEY USER FOLDER PORT:DIR...`
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';

const [keyFile, username, folder, ...hosts] = process.argv.slice(2);
const privateKey = readFileSync(keyFile);
const here = new Map(
  readdirSync(folder).map((name) => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return [name, `${size} ${Math.floor(mtimeMs / 1000)}`];
  }),
);

const login = (port) =>
  new Promise((resolve, reject) => {
    const sock = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () => resolve(client));
    client.connect({ sock, username, privateKey, hostVerifier: () => true });
  });

const run = (client, command, input) =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let said = '';
      channel.on('data', (bytes) => {
        said += bytes;
      });
      channel.on('close', () => resolve(said));
      channel.stderr.resume();
      if (input !== undefined) input.pipe(channel);
    });
  });

await Promise.all(
  hosts.map(async (host) => {
    const [port, dir] = host.split(':');
    const client = await login(port);
    const listed = await run(client, `mkdir -p ${dir} && cd ${dir} && find . -type f -printf '%P %s %T@\\n'`);
    const there = new Map(listed.split('\n').map((line) => [line.split(' ')[0], line.split(' ').slice(1).join(' ').split('.')[0]]));
    const differ = [...here].filter(([name, state]) => there.get(name) !== state).map(([name]) => name);
    if (differ.length > 0) {
      const tar = spawn('tar', ['-cf', '-', '-C', folder, ...differ], { stdio: ['ignore', 'pipe', 'inherit'] });
      await run(client, `tar -xpf - -C ${dir}`, tar.stdout);
      await run(client, 'true');
    }
    client.end();
  }),
);
