// What is asked of every card. Each check returns a list of what is wrong, in words: an empty list is good.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds against WCAG 2.0, 2.1 and 2.2, A and AA. */
export async function axeFaults(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      resultTypes: ['violations'],
    });
    // What lies half under the docked row of buttons comes into sight by scrolling; that no stop stays there is seen to by the walk.
    const dock = document.querySelector('footer.docked')?.getBoundingClientRect().top ?? Infinity;
    const under = (id, node) => id === 'target-size' && document.querySelector(node.target[0])?.getBoundingClientRect().bottom > dock;
    return violations.flatMap(({ id, nodes }) => nodes.filter((node) => !under(id, node)).map((node) => `${id}: ${node.html.slice(0, 90)} ${node.any[0]?.message ?? ''}`));
  });
}

/** Nothing runs out of the window sideways, and no word, button or field is cut or lies on another. */
export function layoutFaults(page) {
  return page.evaluate(() => {
    const faults = [];
    const width = document.documentElement.clientWidth;
    const name = (element) => `<${element.localName}> ${(element.innerText ?? element.textContent ?? '').trim().slice(0, 40)}`;
    if (document.scrollingElement.scrollWidth > width) faults.push(`scrolls sideways: ${document.scrollingElement.scrollWidth} > ${width}`);
    const visible = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.heard-only');
    for (const element of document.querySelectorAll('h1, h2, p, li, dt, dd, td, th, pre, strong, label, legend, summary, button, input, textarea, svg, progress')) {
      // The corridor goes on beyond the window on purpose.
      if (!visible(element) || element.closest('.corridor')) continue;
      const box = element.getBoundingClientRect();
      if (box.left < -0.5 || box.right > width + 0.5) faults.push(`outside: ${name(element)} ${Math.round(box.left)}..${Math.round(box.right)}`);
      // A field scrolls what is typed into it.
      const field = element.localName === 'input' && !element.readOnly;
      if (element.localName !== 'svg' && !field && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline') {
        faults.push(`cut: ${name(element)} ${element.scrollWidth} > ${element.clientWidth}`);
      }
    }
    const buttons = [...document.querySelectorAll('button, input, summary, textarea')].filter(visible);
    for (const button of buttons) {
      const box = button.getBoundingClientRect();
      // WCAG 2.2, 2.5.8, asks for 24; fingers and tired hands ask for more.
      if (box.height < 40) faults.push(`low: ${name(button)} ${box.height}`);
      for (const other of buttons) {
        // What scrolls under the docked row of buttons is no overlap; the walk sees to it that no stop stays there.
        if (Boolean(other.closest('footer')) !== Boolean(button.closest('footer'))) continue;
        const its = other.getBoundingClientRect();
        if (other !== button && box.left < its.right - 1 && its.left < box.right - 1 && box.top < its.bottom - 1 && its.top < box.bottom - 1) {
          faults.push(`overlap: ${name(button)} and ${name(other)}`);
        }
      }
    }
    return faults;
  });
}

/** The headline has the focus, is described by the sentence, and the page says its language. */
export function headlineFaults(page, card) {
  return page.evaluate((card) => {
    const faults = [];
    const focused = document.activeElement;
    if (focused?.localName !== 'h1' || focused.textContent.trim() !== card.headline) faults.push(`focus on <${focused?.localName}> ${focused?.textContent.trim().slice(0, 40)}`);
    // In the wizard the step is told as well, behind the sentence.
    const told = document.getElementById((focused?.getAttribute('aria-describedby') ?? '').split(' ')[0]);
    if (told?.textContent.trim() !== card.sentence) faults.push(`described by ${told?.textContent}`);
    if (document.documentElement.lang !== card.language) faults.push(`language ${document.documentElement.lang}`);
    if (document.querySelectorAll('h1').length !== 1) faults.push('not exactly one headline');
    return faults;
  }, card);
}

/** What can be done first is in sight without scrolling. */
export function sightFaults(page) {
  return page.evaluate(() => {
    const first = document.querySelector('.actions button');
    if (!first) return [];
    const { top, bottom } = first.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight ? [] : [`first button out of sight: ${Math.round(top)}..${Math.round(bottom)} of ${innerHeight}`];
  });
}

/**
 * Walks with the Tab key from the headline until the card is left. Returns the stops as `role name`, and what is wrong with them:
 * a stop out of sight or under something else, one without a visible ring, one without a name.
 */
export async function walk(page) {
  const stops = [];
  const faults = [];
  await page.evaluate(() => (window.walked = new Set()));
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body || element.localName === 'h1') return null;
      // Behind the last stop a window without other parts begins anew.
      if (window.walked.has(element)) return null;
      window.walked.add(element);
      const box = element.getBoundingClientRect();
      const x = box.left + box.width / 2;
      const hit = (y) => {
        const top = document.elementFromPoint(x, y);
        return top && (element === top || element.contains(top));
      };
      const style = getComputedStyle(element);
      const label = element.labels?.[0]?.innerText ?? element.getAttribute('aria-label') ?? element.innerText ?? '';
      const roles = { button: 'button', input: 'field', textarea: 'text', summary: 'fold', a: 'link', radio: 'choice', checkbox: 'switch' };
      const said = `${roles[element.type] ?? roles[element.localName] ?? element.localName} ${label.trim()}`;
      const wrong = [];
      if (label.trim() === '') wrong.push(`no name: ${element.outerHTML.slice(0, 60)}`);
      if (!hit(box.top + 4) || !hit(box.bottom - 4)) wrong.push(`hidden while focused: ${said} ${Math.round(box.top)}..${Math.round(box.bottom)} of ${innerHeight}`);
      if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) wrong.push(`no ring: ${said}`);
      return { said, wrong };
    });
    if (stop === null) break;
    stops.push(stop.said);
    faults.push(...stop.wrong);
  }
  return { stops, faults };
}

/** How strongly the tokens stand out from each surface that they are used on (WCAG 2.2, 1.4.3 and 1.4.11). */
export function contrasts(page) {
  return page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    const parse = (name) => {
      probe.style.color = `var(--${name})`;
      const [red, green, blue, alpha = 1] = getComputedStyle(probe).color.match(/[\d.]+/gu).map(Number);
      return alpha === 0 ? null : [red, green, blue];
    };
    const light = (colour) => colour.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const walls = ['ground', 'raised', 'glow', 'glow-warm'];
    const wanted = [
      ...['ink', 'soft'].flatMap((name) => walls.map((wall) => ['words', name, wall])),
      ...['accent', 'warn'].flatMap((name) => ['ground', 'raised'].map((wall) => ['words', name, wall])),
      ['words', 'on-accent', 'accent'],
      ['words', 'on-accent', 'accent-deep'],
      ...['edge', 'accent', 'warn'].flatMap((name) => walls.map((wall) => ['drawing', name, wall])),
      ['drawing', 'soft', 'fill'],
      ['drawing', 'accent', 'fill'],
    ];
    const found = wanted.flatMap(([kind, front, back]) => {
      const [one, other] = [parse(front), parse(back)];
      if (!one || !other) return [];
      const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
      return [{ kind, pair: `${front} on ${back}`, ratio: (high + 0.05) / (low + 0.05) }];
    });
    probe.remove();
    return found;
  });
}
