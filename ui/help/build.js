// Builds the help pages and the HIS kit into a mirror folder. scripts/build-help calls it.
import { cp, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brand, escape, html, read } from './guides.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = resolve(process.argv[2]);

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
    const tokens = read(await readFile(join(here, `${name}.${language}.md`), 'utf8'), language);
    const inline = (type) => tokens[tokens.findIndex((token) => token.type === type) + 1];
    const title = inline('heading_open').content;
    const first = html(inline('paragraph_open').children);
    entries.push(`<li><a href="${file(name, language)}">${escape(title)}</a><p>${first}</p></li>`);
    await write(join(out, 'help', file(name, language)), page(name, language, title, html(tokens)));
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
