import { ownValue } from '../../core/own-value.ts';

/** Words that people write for an argument, with those that modules have for it. The first that the module has is meant. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  command: ['cmd', 'job'],
  contents: ['content', 'block'],
  destination: ['dest', 'path'],
  dir: ['path', 'dest'],
  directory: ['path', 'dest'],
  file: ['path', 'src'],
  filename: ['path', 'dest'],
  folder: ['path', 'dest'],
  message: ['msg'],
  path: ['dest'],
  permissions: ['mode'],
  source: ['src', 'path'],
  status: ['state'],
  text: ['content', 'block', 'line', 'msg'],
  title: ['name'],
  username: ['user', 'name'],
};

/** What is meant by a word that is not an argument, among those that are. */
export const findMeantWord = (word: string, known: readonly string[]): string | undefined =>
  ownValue(OTHER_WORDS, word)?.find((each) => known.includes(each));
