/** SIGINT or SIGTERM aborts `stop`: nothing new starts. A second one ends swarm at once. Detached jobs go on. Returns the exit code. */
export function watchSignals(stop: AbortController): () => number | undefined {
  let exit: number | undefined;
  const handleSignal = (signal: NodeJS.Signals, code: number): void => {
    process.on(signal, () => {
      if (exit !== undefined) process.kill(process.pid, 'SIGKILL');
      exit = code;
      stop.abort(signal);
    });
  };
  handleSignal('SIGINT', 130);
  handleSignal('SIGTERM', 143);
  process.on('SIGHUP', () => {}); // the terminal is gone, the run goes on
  return () => exit;
}
