// Builds the help pages and the HIS kit into a mirror folder. scripts/build-help calls it.
import { cp, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brand, branded, escape, html, read } from './guides.js';

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

function page(name, language, title, body, head = '') {
  const words = WORDS[language];
  const current = (other) => (other === name ? ' aria-current="page"' : '');
  const links = Object.entries(GUIDES).map(([other, label]) => `<a href="${file(other, language)}"${current(other)}>${label[language]}</a>`);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'${head ? "; script-src 'self'" : ''}">
<title>${escape(title)}</title>
<link rel="stylesheet" href="help.css">
${head}</head>
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
for (const name of ['help.css', 'decode.css', 'decode.js']) await cp(join(here, name), join(out, 'help', name));

// The page that takes a read-out code apart. Its tables are spoken.json's (compared with the core by test), its headlines the cards'.
const json = async (path) => JSON.parse(await readFile(join(here, path), 'utf8'));
const [spoken, words, ...catalogues] = await Promise.all(['spoken.json', 'decode.words.json', '../locales/ko.json', '../locales/en.json'].map(json));
const problems = Object.fromEntries(
  Object.entries(spoken.problems).map(([code, { headline, who }]) => {
    const [ko, en] = catalogues.map((catalogue, at) => branded(catalogue[headline], ['ko', 'en'][at]));
    return [code.slice(2), { code, who, ko, en }];
  }),
);
await write(join(out, 'help', 'decode-data.js'), `globalThis.SPOKEN = ${JSON.stringify({ quasigroup: spoken.quasigroup, problems, words })};\n`);
for (const language of ['ko', 'en']) {
  const said = (key) => escape(words[language][key]);
  const fact = (key, shown) => `<div><dt>${said(key)}</dt><dd>${shown}</dd></div>`;
  const place = (name, lang) => `<p data-show="${name}"${lang ? ` lang="${lang}"` : ''}></p>`;
  const body = `<h1>${said('title')}</h1>
<p>${said('intro')}</p>
<form>
<label for="code">${said('code')}</label>
<input id="code" name="code" inputmode="numeric" autocomplete="off" spellcheck="false" placeholder="1231-1695" aria-describedby="refusal">
<p id="refusal" data-show="refusal" role="status"></p>
<section id="told" hidden>
<h2>${said('result')}</h2>
<dl aria-live="polite">
${fact('card', place('code') + place('ko', 'ko') + place('en', 'en'))}
${fact('acts', place('who'))}
${fact('has_module', place('module'))}
${fact('has_catalog', place('catalog'))}
${fact('was_restart', place('restart'))}
${fact('helper_version', place('helper'))}
${fact('module_version', place('version'))}
</dl>
<h2>${said('compare')}</h2>
<p>${said('compare_hint')}</p>
<label for="version">${said('version')}</label>
<input id="version" name="version" autocomplete="off" spellcheck="false">
<p data-show="fits" role="status"></p>
</section>
</form>
<noscript><p>${said('no_script')}</p></noscript>
`;
  const head = '<link rel="stylesheet" href="decode.css">\n<script src="decode-data.js" defer></script>\n<script src="decode.js" defer></script>\n';
  await write(join(out, 'help', file('decode', language)), page('decode', language, words[language].title, body, head));
}

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
