// A thread that runs programs while the main thread waits: it can tell the end of a program from the end of its output.
const { spawn } = require('node:child_process');
const { workerData } = require('node:worker_threads');

const { port, state } = workerData;

port.on('message', ({ program, args, cwd, timeMs, bytes, quietMs }) => {
  const chunks = { stdout: [], stderr: [] };
  const sizes = { stdout: 0, stderr: 0 };
  let child;
  let late;
  let quiet;
  let ended = { status: null, signal: null };
  let isOver = false;
  const answer = (code, message) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(late);
    clearTimeout(quiet);
    child?.stdout?.destroy();
    child?.stderr?.destroy();
    const text = (name) => Buffer.concat(chunks[name]).toString('utf8');
    port.postMessage({ ...ended, stdout: text('stdout'), stderr: text('stderr'), code, message });
    Atomics.store(state, 0, 1);
    Atomics.notify(state, 0);
  };
  const giveUp = (code) => {
    child.kill('SIGKILL');
    answer(code, code);
  };
  const waitForQuiet = () => {
    clearTimeout(quiet);
    quiet = setTimeout(answer, quietMs);
  };
  try {
    child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    answer(error.code, error.message);
    return;
  }
  let hasEnded = false;
  late = setTimeout(giveUp, timeMs, 'ETIMEDOUT');
  for (const name of ['stdout', 'stderr'])
    child[name].on('data', (chunk) => {
      sizes[name] += chunk.length;
      chunks[name].push(chunk);
      if (sizes[name] > bytes) giveUp('ENOBUFS');
      else if (hasEnded) waitForQuiet();
    });
  child.on('error', (error) => answer(error.code, error.message));
  child.on('exit', (status, signal) => {
    ended = { status, signal };
    hasEnded = true;
    waitForQuiet();
  });
  child.on('close', () => answer());
});
