import type { ConfigValues, CountedLine } from './evaluate-config.ts';

/** Keywords that decide where a connection goes. */
const ROUTE_KEYWORDS = new Set(['port', 'proxyjump', 'proxycommand', 'addressfamily', 'bindaddress']);

/** What holds for a route: the lines for its address, and those for the inventory name of the host; of two, the one that is written first.
 *  Where the files give the name another HostName than the route's address, they speak of another way to the host: its port and jump do
 *  not hold for this route. HostName itself is the address's own. */
export function mergeValues(ofAddress: ConfigValues, ofName: ConfigValues): ConfigValues {
  const isSameWay = ofName.hostName === undefined || [ofAddress.name.toLowerCase(), ofAddress.hostName].includes(ofName.hostName);
  const first = new Map(ofAddress.first);
  for (const [keyword, line] of ofName.first) {
    if (keyword === 'hostname' || (!isSameWay && ROUTE_KEYWORDS.has(keyword))) continue;
    const other = first.get(keyword);
    if (other === undefined || line.order < other.order) first.set(keyword, line);
  }
  const files = [...ofAddress.identityFiles, ...ofName.identityFiles].sort((one, two) => one.order - two.order);
  const isNew = (line: CountedLine, at: number): boolean => files.findIndex(({ words }) => words[0] === line.words[0]) === at;
  const doubts = [...ofAddress.doubts, ...ofName.doubts];
  return {
    name: ofAddress.name,
    hostName: ofAddress.hostName,
    first,
    identityFiles: files.filter(isNew),
    doubts: doubts.filter((doubt, at) => doubts.findIndex(({ file, line }) => file === doubt.file && line === doubt.line) === at),
  };
}
