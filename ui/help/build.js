// Builds the help pages and the HIS kit into a mirror folder. scripts/build-help calls it.
import { cp, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import markdown from 'markdown-it';
import { parse } from 'smol-toml';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = resolve(process.argv[2]);
const brand = parse(await readFile(join(here, '../../src-tauri/brand/brand.toml'), 'utf8'));

/** The guides in the order of the pages' navigation, with their short names. */
const GUIDES = {
  staff: { ko: '직원', en: 'Staff' },
  supporters: { ko: '지원 담당자', en: 'Supporters' },
  it: { ko: '병원 전산', en: 'Hospital IT' },
  publish: { ko: '배포 담당자', en: 'Publishers' },
};
const WORDS = {
  ko: { title: '원격지원 도움말', other: 'en', switch: 'English', navigation: '안내서', contents: '처음' },
  en: { title: 'Remote support help', other: 'ko', switch: '한국어', navigation: 'Guides', contents: 'Start' },
};

const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/** The Korean particle behind a name: `을/를` and its like; both where the last sound is not known (as in src-tauri/src/words). */
function particle(name, pair) {
  const [closed, open] = pair.split('/');
  const last = name.replace(/[^\p{L}\p{N}]+$/u, '').slice(-1);
  if (/[가-힣]/.test(last)) return (last.charCodeAt(0) - 0xac00) % 28 ? closed : open;
  if (/[a-z]/i.test(last)) return /[lmn]$|ng$/i.test(name) ? closed : open;
  return `${closed}(${open})`;
}

/** The vendor's values; whatever else stands in braces is text. */
const branded = (text, language) =>
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

// Raw HTML stays text: a guide cannot bring a script into the mirror.
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

const file = (name, language) => (name === 'index' ? (language === 'ko' ? 'index.html' : 'index.en.html') : `${name}.${language}.html`);

function page(name, language, title, body) {
  const words = WORDS[language];
  const current = (other) => (other === name ? ' aria-current="page"' : '');
  const links = Object.entries(GUIDES).map(([other, label]) => `<a href="${file(other, language)}"${current(other)}>${label[language]}</a>`);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'">
<title>${escape(title)}</title>
<link rel="stylesheet" href="help.css">
</head>
<body>
<nav aria-label="${words.navigation}">
<a href="${file('index', language)}"${current('index')}>${words.contents}</a>
${links.join('\n')}
<a href="${file(name, words.other)}" lang="${words.other}" hreflang="${words.other}">${words.switch}</a>
</nav>
<main>
${body}</main>
</body>
</html>
`;
}

/** Whole or not at all: the mirror may be served while this runs. */
async function write(path, text) {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

await mkdir(join(out, 'help'), { recursive: true });
await mkdir(join(out, 'kit'), { recursive: true });
for (const language of ['ko', 'en']) {
  const entries = [];
  for (const name of Object.keys(GUIDES)) {
    const tokens = label(reader.parse(branded(await readFile(join(here, `${name}.${language}.md`), 'utf8'), language), {}));
    const inline = (type) => tokens[tokens.findIndex((token) => token.type === type) + 1];
    const title = inline('heading_open').content;
    const first = reader.renderer.render(inline('paragraph_open').children, reader.options, {});
    entries.push(`<li><a href="${file(name, language)}">${escape(title)}</a><p>${first}</p></li>`);
    await write(join(out, 'help', file(name, language)), page(name, language, title, reader.renderer.render(tokens, reader.options, {})));
  }
  const { title } = WORDS[language];
  await write(join(out, 'help', file('index', language)), page('index', language, title, `<h1>${title}</h1>\n<ul class="guides">\n${entries.join('\n')}\n</ul>\n`));
}
await cp(join(here, 'help.css'), join(out, 'help', 'help.css'));

// The kit, with the vendor's scheme and link in it. What kit.json says about downloads is the publisher's and stays.
const kit = join(here, '../kit');
for (const name of await readdir(kit)) {
  if (!/\.(html|js|css)$/.test(name)) continue;
  const text = await readFile(join(kit, name), 'utf8');
  const ours = text.replaceAll("'edgenext-support'", `'${brand.link_scheme}'`).replaceAll('https://get.teamviewer.com/edgennext_support', brand.origin);
  await write(join(out, 'kit', name), ours);
}
const before = await readFile(join(out, 'kit', 'kit.json'), 'utf8').then(JSON.parse).catch((error) => {
  if (error.code === 'ENOENT') return {};
  throw error;
});
const { helper = {}, module = {} } = before;
const said = { name: brand.module.name, origin: brand.origin, phone: brand.phone, helper, module };
await write(join(out, 'kit', 'kit.json'), `${JSON.stringify(said, null, 2)}\n`);
console.log(`${join(out, 'help')} and ${join(out, 'kit')} are there`);
