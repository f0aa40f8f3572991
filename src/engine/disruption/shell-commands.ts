/** One simple command of shell text. */
export interface SimpleCommand {
  /** Words without their quotes; redirections are left out. */
  readonly words: readonly string[];
  /** Text that it reads from a here-string. */
  readonly hereStrings: readonly string[];
  /** Does it read what the command before it prints? */
  readonly piped: boolean;
}

type CommandDraft = { words: string[]; hereStrings: string[]; piped: boolean };

/** Shell text cut into its simple commands, in order; what stands in $( ), ` ` and ( ) too. A reader for mistakes, not a shell: it
 *  knows quotes, escapes, comments, redirections and separators. */
export function parseShellCommands(text: string): readonly SimpleCommand[] {
  const commands: CommandDraft[] = [{ words: [], hereStrings: [], piped: false }];
  let word: string | undefined;
  let redirect: string | undefined; // what the next word is the target of
  let quote = '';
  const endWord = (): void => {
    if (word === undefined) return;
    if (redirect === undefined) commands.at(-1)?.words.push(word);
    else if (redirect === '<<<') commands.at(-1)?.hereStrings.push(word);
    redirect = undefined;
    word = undefined;
  };
  const endCommand = (piped = false): void => {
    endWord();
    redirect = undefined;
    commands.push({ words: [], hereStrings: [], piped });
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    const next = text[at + 1];
    if (quote === "'") {
      if (char === "'") quote = '';
      else word += char;
    } else if (char === '\\') {
      at += 1;
      if (text[at] !== '\n') word = (word ?? '') + (text[at] ?? '');
    } else if (char === '`' || (char === '$' && next === '(')) {
      endCommand();
      quote = '';
    } else if (quote === '"') {
      if (char === '"') quote = '';
      else word = (word ?? '') + char;
    } else if (char === '$' && (next === "'" || next === '"')) {
      word ??= ''; // the quote itself comes next
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/[<>]/.test(char) || (char === '&' && next === '>')) {
      if (word !== undefined && /^\d+$/.test(word)) word = undefined; // a file descriptor
      endWord();
      const sign = /^&?[<>]+[&|-]?/.exec(text.slice(at))?.[0] ?? char;
      at += sign.length - 1;
      redirect = sign;
    } else if (char === '|') {
      const both = next === '|';
      if (both || next === '&') at += 1;
      endCommand(!both);
    } else if (/[;&\n()]/.test(char)) {
      endCommand();
    } else if (char === '#' && word === undefined) {
      while (at < text.length && text[at] !== '\n') at += 1;
      endCommand();
    } else if (/\s/.test(char)) {
      endWord();
    } else {
      word = (word ?? '') + char;
    }
  }
  endCommand();
  return commands.filter(({ words, hereStrings: fed }) => words.length + fed.length > 0);
}
