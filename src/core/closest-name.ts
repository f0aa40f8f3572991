/** At most one suggestion: distance at most 2 and a third of the length (Damerau-Levenshtein, case folded). */
export function closestName(word: string, among: Iterable<string>): string | undefined {
  const limit = Math.min(2, Math.max(1, Math.floor(word.length / 3)));
  const wanted = word.toLowerCase();
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of among) {
    const folded = name.toLowerCase();
    if (Math.abs(folded.length - wanted.length) > limit) continue; // of thousands of names most are ruled out here
    const distance = editDistance(wanted, folded);
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

const MANY = 12;

/** The names as a text. Of many only the first, and how many more there are. */
export function listNames(names: Iterable<string>): string {
  const all = [...names];
  return all.length <= MANY + 1 ? all.join(', ') : `${all.slice(0, MANY).join(', ')} and ${all.length - MANY} more`;
}

function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) {
        table[i * width + j] = i + j;
        continue;
      }
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, at(i - 2, j - 2) + 1);
      table[i * width + j] = least;
    }
  }
  return at(a.length, b.length);
}
