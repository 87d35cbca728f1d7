// node pictures.js DIR [SCALE]: a picture of every card, language and theme, and an index.html beside them. See scripts/pictures.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { card, languages, open, scenes, themes } from './stage.js';

const [folder, scale = '1'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const names = Object.keys(themes).filter((theme) => theme !== 'contrast-dark');
const stage = await open();
let count = 0;

// One window for each language, side by side.
await Promise.all(
  languages.map(async (language) => {
    const window = await stage.window({ first: card('looking', language), scale: Number(scale) });
    for (const scene of scenes) {
      await window.show(card(scene === 'looking' ? 'ready' : 'looking', language));
      await window.show(card(scene, language));
      for (const theme of names) {
        await window.theme(theme);
        await window.page.screenshot({ path: join(folder, `${scene}.${language}.${theme}.png`) });
        count += 1;
      }
    }
    await window.end();
  }),
);
await stage.end();

const figure = (scene, language, theme) => {
  const file = `${scene}.${language}.${theme}.png`;
  return `<figure><a href="${file}"><img src="${file}" width="220" height="300" loading="lazy" alt="${card(scene, language).headline.replaceAll('&', '&amp;')}"></a><figcaption>${language}, ${theme}</figcaption></figure>`;
};
const rows = scenes.map((scene) => `<section id="${scene}"><h2>${scene}</h2><div>${languages.flatMap((language) => names.map((theme) => figure(scene, language, theme))).join('')}</div></section>`);
writeFileSync(
  join(folder, 'index.html'),
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Every card</title><style>
body{margin:2rem;font:16px/1.5 sans-serif;background:#e7eae8;color:#12242a}div{display:flex;flex-wrap:wrap;gap:1rem}
figure{margin:0}img{display:block;box-shadow:0 1px 6px #0004;border-radius:6px}figcaption{font-size:14px}
</style><h1>Every card: ${scenes.length} cards, ${languages.join(' and ')}, ${names.join(', ')}</h1>
${rows.join('\n')}
</html>
`,
);
console.log(`${count} pictures of ${scenes.length} cards, and index.html`);
