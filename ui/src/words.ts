// Static labels of the window. Sentences come finished from the helper.

import en from '../locales/en.json';
import ko from '../locales/ko.json';
import type { Language } from './generated/Language';

/** Kept in step with `labelsOnly` in vite.config.ts. */
type Key = Extract<keyof typeof ko, `ui.${string}` | `code.${string}` | 'guide.panes' | 'do.copy_code'>;

const catalogues: Record<Language, Record<Key, string>> = { ko, en };

/** A label in this language. */
export function label(language: Language, key: Key): string {
  return catalogues[language][key];
}

/** A piece of a line; `strong` pieces stand out. */
export interface Piece {
  text: string;
  strong: boolean;
}

/** Makes the given words in a line stand out: names of buttons that are really on the card, and codes. */
export function standOut(line: string, words: readonly string[]): Piece[] {
  const escaped = words.filter((word) => word !== '').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // The longest first: "Restart support" before "support".
  escaped.sort((a, b) => b.length - a.length);
  if (escaped.length === 0) return [{ text: line, strong: false }];
  return line
    .split(new RegExp(`(${escaped.join('|')})`, 'u'))
    .map((text, index) => ({ text, strong: index % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}

/** Takes a line `name: explanation` apart. */
export function named(line: string): { name: string; rest: string } {
  const at = line.indexOf(': ');
  return at < 0 ? { name: '', rest: line } : { name: line.slice(0, at), rest: line.slice(at + 2) };
}
