/** Lines for a file of /etc/portage, as Portage takes them. */
export interface PortageSetting {
  /** `package.use`. */
  readonly file: string;
  /** `=cat/name-1.0 flag`. */
  readonly line: string;
}

/** The hint that says which line to add to which file. */
export function settingsHint(settings: readonly PortageSetting[]): string | undefined {
  const [first] = settings;
  if (first === undefined) return undefined;
  if (settings.length === 1) return `Add this line to ${first.file} on the drones: ${first.line}`;
  const files = [...new Set(settings.map(({ file }) => file))];
  const parts = files.map((file) => {
    const lines = settings.filter((each) => each.file === file).map(({ line }) => `"${line}"`);
    return `to ${file} ${lines.join(' and ')}`;
  });
  return `Add these lines on the drones: ${parts.join(', ')}.`;
}
