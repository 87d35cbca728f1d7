import type { Language } from '../src/generated/Language';

/** A guide as the window shows it, in HTML made from this repository's Markdown. */
export interface Guide {
  /** What stands before the first heading. */
  intro: string;
  sections: { title: string; html: string }[];
}

/** The file with the vendor's values. */
export const BRAND: string;

export function sections(text: string, language: Language): Guide;
