/** Undefined while more output may come; else settles when it may. Hosts wait for it, so that what is behind does not fill the memory. */
export type OutputGate = () => Promise<void> | undefined;

/** Open while all gates are open. */
export function combineGates(gates: readonly OutputGate[]): OutputGate {
  return () => {
    const waits = gates.flatMap((gate) => gate() ?? []);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  };
}
