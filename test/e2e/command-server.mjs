// Runs command lines of swarm one after the other in one process, each from the program's own start file: the code is read once.
// Messages in: { dir, words, env }. When a command and all that it started is done, both streams get a NUL, and its exit status comes back.
// A command that ends the process ends this one, as it should.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [, , program] = process.argv;
const url = pathToFileURL(program).href;
const watched = [process, process.stdout, process.stderr];
let before;
let count = 0;

const countResources = () => process.getActiveResourcesInfo().length;
const listListeners = () => watched.map((emitter) => emitter.eventNames().map((event) => [event, emitter.rawListeners(event)]));

function removeNewListeners(known) {
  for (const [at, emitter] of watched.entries()) {
    for (const event of emitter.eventNames()) {
      const old = known[at].find(([name]) => name === event)?.[1] ?? [];
      for (const listener of emitter.rawListeners(event)) if (!old.includes(listener)) emitter.removeListener(event, listener);
    }
  }
}

async function run({ dir, words, env }) {
  process.chdir(dir);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, program, ...words];
  process.exitCode = undefined;
  const known = listListeners();
  await import(`${url}?${++count}`);
  while (countResources() > before) await nextTurn(); // a process ends when nothing is open any more
  for (const listener of process.rawListeners('exit')) listener.call(process, process.exitCode ?? 0);
  removeNewListeners(known);
  process.chdir('/');
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('\0', done))));
  process.send({ exit: process.exitCode ?? 0 });
}

process.on('disconnect', () => process.exit());
process.on('message', (command) => void run(command));
process.stdout.write(''); // both streams are open from now on
process.stderr.write('');
before = countResources();
process.send({ ready: true });
