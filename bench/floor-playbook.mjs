// The floor: 20 tasks (10 files, 5 commands, 3 filled-in files, 2 looks) on N hosts with ssh2 and nothing else: one shell a host,
// one round trip a task, written only where it differs. `node floor-playbook.mjs KEY USER PORT:DIR...`
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import ssh2 from 'ssh2';

const [keyFile, username, ...hosts] = process.argv.slice(2);
const privateKey = readFileSync(keyFile);
const END = 'end-of-the-answer';
const content = 'a line of configuration\n'.repeat(40);

/** A shell on the host, as a function: text in, output out. */
function shellOn(port) {
  return new Promise((resolve, reject) => {
    const sock = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () => {
      client.exec('exec sh', (error, channel) => {
        if (error) return reject(error);
        let said = '';
        let answer;
        channel.stderr.resume();
        channel.on('data', (bytes) => {
          said += bytes;
          const at = said.indexOf(END);
          if (at === -1) return;
          const text = said.slice(0, at);
          said = said.slice(at + END.length + 1);
          answer(text);
        });
        const run = (text) =>
          new Promise((done) => {
            answer = done;
            channel.write(`${text}\necho ${END}\n`);
          });
        resolve({ run, end: () => client.end() });
      });
    });
    client.connect({ sock, username, privateKey, hostVerifier: () => true });
  });
}

const file = (path, text) => {
  const sum = createHash('sha256').update(text).digest('hex');
  return `if [ "$(sha256sum <${path} 2>/dev/null)" = "${sum}  -" ] && [ "$(stat -c %a ${path})" = 644 ]; then echo ok
else printf '%s' '${text}' >${path}.new && chmod 644 ${path}.new && mv -f ${path}.new ${path} && echo changed; fi`;
};

await Promise.all(
  hosts.map(async (host, at) => {
    const [port, dir] = host.split(':');
    const { run, end } = await shellOn(port);
    for (let index = 0; index < 10; index++) await run(file(`${dir}/copy${index}`, content));
    for (let index = 0; index < 5; index++) await run('true; echo $?');
    for (let index = 0; index < 3; index++) await run(file(`${dir}/template${index}`, `name drone-${at + 1}\n`));
    for (let index = 0; index < 2; index++) await run(`stat -c '%F %a %s' ${dir}/copy${index}; sha256sum ${dir}/copy${index}`);
    end();
  }),
);
