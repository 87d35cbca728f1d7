// node sentences.js [--check]: the page of all sentences. See scripts/sentences.
//
// Where a sentence is met is read from the cards themselves (ui/fixtures); what is never on a card is named by hand below, and a
// sentence with no place at all is an error.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { card, languages, root, scenes } from './stage.js';

const page = join(root, 'ui/help/sentences.md');
const [ko, en] = languages.map((language) => JSON.parse(readFileSync(join(root, 'ui/locales', `${language}.json`), 'utf8')));

/** What is met elsewhere than on a card, by the beginning of the key; the longest beginning counts. */
const elsewhere = {
  'do.open': 'tray menu',
  'do.quit': 'tray menu',
  'do.copy_code': 'card, the code field',
  'code.hint': 'card, the code field',
  'tray.': 'tray, on the icon',
  'term.': 'terminal',
  'import.': 'terminal, `support-helper import`',
  'diagnostics.': 'terminal, `support-helper diagnostics`',
  'diagnostics.file': 'how the file’s name begins, `support-helper diagnostics`',
  'doctor.': 'terminal, `support-helper doctor`',
  'without_news.': 'notification',
  'ui.title': 'title of the window',
  'ui.actions': 'read aloud: the row of buttons',
  'ui.more': 'card, in front of a fourth button',
  'ui.working': 'read aloud: progress without an end',
  'ui.progress': 'read aloud: progress',
  'ui.code.': 'card, the code field',
  'ui.broken.': 'dialog, when the helper cannot begin',
  'ui.dialog.': 'dialog',
  'ui.not_done': 'card, when a wish could not be taken',
  'ui.step': 'read aloud: which step of the first run',
  'ui.pages': 'read aloud: the ways to other pages',
  'ui.lamp.': 'read aloud: how a fact stands',
  'ui.copies': 'card, above what can be copied',
  'ui.copied': 'card, beside what was copied',
  'ui.documents': 'page of diagnostics, above the list',
  'ui.guides': 'read aloud: the choice of a guide',
  'ui.guide.': 'page of help, the choice of a guide',
  'wizard.': 'first run',
  'field.': 'settings and first run',
  'option.': 'settings and first run',
  'hint.': 'settings and first run, under a field',
  'unfit.': 'settings and first run, under a field',
  'state.': 'settings and first run',
  'locked': 'settings and first run, beside a padlock',
  'settings.': 'settings',
  'copies.': 'card, what can be copied',
  'doctor.': 'page of the doctor',
  'diagnostics.': 'page of diagnostics',
  'help.': 'page of help',
  plain: 'a value alone, such as a version',
  'do.check_now': 'tray menu',
  'do.settings': 'tray menu',
  'do.wizard': 'tray menu',
  'ui.picture.quit.item': 'picture of quitting TeamViewer',
  'ui.picture.panes.': 'picture of the panes on a Mac',
  'ui.picture.dead.': 'picture of a dead code',
  'ui.picture.': 'nowhere now: the sentence beside the picture says it',
};

/** The parts of the page, in this order, by the beginning of the key. */
const parts = [
  ['A click', ['ready.', 'ended.', 'looking.', 'preparing.', 'starting.']],
  ['The first run', ['wizard.']],
  ['TeamViewer is running', ['close.', 'closing.']],
  ['Support is open', ['running.', 'guide.', 'code.', 'copy.', 'already.', 'ending.']],
  ['Problems', ['problem.', 'acts.', 'call.', 'without_news.']],
  ['Settings', ['settings.', 'field.', 'option.', 'hint.', 'unfit.', 'state.', 'locked']],
  ['Copies', ['copies.']],
  ['The doctor', ['doctor.', 'finding.']],
  ['Diagnostics', ['diagnostics.']],
  ['Help', ['help.']],
  ['Values', ['plain']],
  ['Buttons and menus', ['do.']],
  ['Tray', ['tray.']],
  ['Around the cards', ['ui.']],
  ['Terminal', ['term.', 'import.', 'diagnostics.']],
  ['The network doctor', ['doctor.']],
];

const texts = scenes.map((scene) => {
  const shown = card(scene, 'ko');
  const rows = (shown.form?.rows ?? []).flatMap(({ label, control, locked, note }) => [
    label,
    locked,
    note,
    ...(control.kind === 'fact' ? [control.value] : []),
    ...(control.kind === 'choice' ? control.options.map((option) => option.label) : []),
  ]);
  const lines = [shown.headline, shown.sentence, ...shown.details, ...shown.actions.map(({ label }) => label), ...rows, ...shown.copies.map(({ label }) => label)];
  return { scene, lines: lines.filter(Boolean) };
});

/** The cards that show this sentence, whatever was inserted. */
function cardsWith(template) {
  const pattern = template.split(/\{[^}]*\}/u).map((text) => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')).join('.+?');
  const whole = new RegExp(`^${pattern}$`, 'u');
  return texts.filter(({ lines }) => lines.some((line) => whole.test(line))).map(({ scene }) => scene);
}

function place(key) {
  const cards = cardsWith(ko[key]);
  const begin = Object.keys(elsewhere).filter((begin) => key.startsWith(begin)).sort((a, b) => b.length - a.length)[0];
  // Not a sentence but a pattern: it would be found everywhere.
  const found = /\p{L}{2}/u.test(ko[key].replace(/\{[^}]*\}/gu, '')) && !key.startsWith('ui.') && !key.startsWith('term.') ? cards : [];
  if (found.length > 6) return `${found.slice(0, 4).join(', ')} and ${found.length - 4} more`;
  if (found.length > 0) return found.join(', ');
  if (begin === undefined) throw new Error(`${key} is met nowhere: say where in tests/ui/scenes/sentences.js`);
  return elsewhere[begin];
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const rest = new Set(Object.keys(ko));
let text = `# Every sentence

Written by \`scripts/sentences\` from \`ui/locales\` and the cards in \`ui/fixtures\`; do not edit. Words in braces are filled in; after a
bar stand the Korean particles of which one is chosen. The help pages and the HIS kit are read where they stand.

Limits: a Korean headline has at most 28 characters, a sentence 90; English 46 and 150. Korean speaks 해요체 throughout.
`;
for (const [title, begins] of parts) {
  const keys = [...rest].filter((key) => begins.some((begin) => key.startsWith(begin)));
  if (keys.length === 0) continue;
  text += `\n## ${title}\n\n| met on | Korean | English | key |\n| --- | --- | --- | --- |\n`;
  for (const key of keys) {
    rest.delete(key);
    text += `| ${place(key)} | ${cell(ko[key])} | ${cell(en[key])} | \`${key}\` |\n`;
  }
}
if (rest.size > 0) throw new Error(`no part of the page takes ${[...rest].join(', ')}`);
const missing = [...Object.keys(ko).filter((key) => !(key in en)), ...Object.keys(en).filter((key) => !(key in ko))];
if (missing.length > 0) throw new Error(`only in one language: ${missing.join(', ')}`);

if (process.argv[2] === '--check') {
  let present = '';
  try {
    present = readFileSync(page, 'utf8');
  } catch {
    // Not there: said below.
  }
  if (present !== text) {
    console.error('ui/help/sentences.md is not up to date: run scripts/sentences');
    process.exit(1);
  }
  console.log(`${Object.keys(ko).length} sentences, page up to date`);
} else {
  writeFileSync(page, text);
  console.log(`${Object.keys(ko).length} sentences in ui/help/sentences.md`);
}
