// The guides: from Markdown to HTML, with the vendor's values in them. build.js makes the mirror's pages of it, vite.config.ts the
// pages inside the window. Both happen when something is built: no reader of Markdown is part of what people run.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import markdown from 'markdown-it';
import { parse } from 'smol-toml';

/** Where the vendor's values stand. */
export const BRAND = fileURLToPath(new URL('../../src-tauri/brand/brand.toml', import.meta.url));

export const brand = parse(readFileSync(BRAND, 'utf8'));

export const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/** The Korean particle behind a name: `을/를` and its like; both where the last sound is not known (as in src-tauri/src/words). */
function particle(name, pair) {
  const [closed, open] = pair.split('/');
  const last = name.replace(/[^\p{L}\p{N}]+$/u, '').slice(-1);
  if (/[가-힣]/.test(last)) return (last.charCodeAt(0) - 0xac00) % 28 ? closed : open;
  if (/[a-z]/i.test(last)) return /[lmn]$|ng$/i.test(name) ? closed : open;
  return `${closed}(${open})`;
}

/** The vendor's values; whatever else stands in braces is text. */
export const branded = (text, language) =>
  text.replace(/\{(module|phone|hours|origin|identifier)(?:\|([^}]+))?\}/g, (_, name, pair) => {
    const value = {
      module: brand.module.name,
      phone: brand.phone.number,
      hours: brand.phone.hours[language],
      origin: brand.origin,
      identifier: brand.identifier,
    }[name];
    return pair ? value + particle(value, pair) : value;
  });

// Raw HTML stays text: a guide cannot bring a script along.
const reader = markdown({ html: false, linkify: false });
const plainLink = reader.renderer.rules.link_open ?? ((tokens, at, options, _, self) => self.renderToken(tokens, at, options));
reader.renderer.rules.link_open = (tokens, at, ...rest) => {
  const href = tokens[at].attrGet('href');
  if (/^[a-z]+\.(ko|en)\.md(#.*)?$/.test(href)) tokens[at].attrSet('href', href.replace('.md', '.html'));
  else if (/^https?:/.test(href)) tokens[at].attrSet('rel', 'noreferrer');
  return plainLink(tokens, at, ...rest);
};
// Headings of the table's columns say what they are for.
reader.renderer.rules.th_open = (tokens, at, options, _, self) => (tokens[at].attrSet('scope', 'col'), self.renderToken(tokens, at, options));

/** On a narrow screen a row becomes a paragraph: from the third column on a cell says itself what it is. */
function label(tokens) {
  let heads = [];
  let column = 0;
  tokens.forEach((token, at) => {
    if (token.type === 'thead_open') heads = [];
    if (token.type === 'tr_open') column = 0;
    if (token.type === 'th_open') heads.push(tokens[at + 1].content);
    if (token.type === 'td_open' && ++column > 2) token.attrSet('data-label', heads[column - 1]);
  });
  return tokens;
}

/** A guide's parts as markdown-it has them. */
export const read = (text, language) => label(reader.parse(branded(text, language), {}));

/** Parts as HTML; with `inline` those inside a paragraph or heading. */
export const html = (tokens) => reader.renderer.render(tokens, reader.options, {});

/** The window cannot open the web: a link becomes its words, and its address where that leads outside. */
function withoutLinks(children) {
  const kept = [];
  let address = '';
  for (const token of children) {
    if (token.type === 'link_open') address = token.attrGet('href');
    else if (token.type === 'link_close') {
      if (!/^https?:/.test(address)) continue;
      const [open, code, close] = ['text', 'code_inline', 'text'].map((type) => new token.constructor(type, type === 'text' ? '' : 'code', 0));
      [open.content, code.content, close.content] = [' (', address, ')'];
      kept.push(open, code, close);
    } else kept.push(token);
  }
  return kept;
}

/** A guide as the window shows it: what stands before its first heading, then heading by heading. */
export function sections(text, language) {
  const tokens = read(text, language);
  for (const token of tokens) if (token.type === 'inline') token.children = withoutLinks(token.children);
  const guide = { intro: '', sections: [] };
  const starts = tokens.flatMap((token, at) => (token.type === 'heading_open' && token.tag === 'h2' ? [at] : []));
  const body = (from, to) => html(tokens.slice(from, to));
  // The title is written on the window's own tab.
  guide.intro = body(tokens.findIndex((token) => token.type === 'heading_close') + 1, starts[0]);
  starts.forEach((at, index) => guide.sections.push({ title: tokens[at + 1].content, html: body(at + 3, starts[index + 1]) }));
  return guide;
}
