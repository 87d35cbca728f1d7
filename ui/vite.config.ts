import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { BRAND, sections } from './help/guides.js';

/**
 * The window gets finished sentences from the helper and needs only its own static labels, and the few whole lines that it
 * recognises (what was said of a code, a Mac's panes): the rest of the catalogues stays out of the bundle, and nobody can be
 * tempted to make a sentence here.
 */
function labelsOnly(): Plugin {
  const wanted = (key: string) => key.startsWith('ui.') || key.startsWith('code.') || key === 'guide.panes' || key === 'do.copy_code';
  return {
    name: 'labels-only',
    enforce: 'pre',
    transform(source, id) {
      if (!/\/locales\/(ko|en)\.json$/.test(id)) return undefined;
      const catalogue = JSON.parse(source) as Record<string, string>;
      return { code: JSON.stringify(Object.fromEntries(Object.entries(catalogue).filter(([key]) => wanted(key)))), map: null };
    },
  };
}

/** The guides of help/*.md as finished HTML, each a file of its own that is loaded when somebody opens it. */
function guides(): Plugin {
  return {
    name: 'guides',
    enforce: 'pre',
    transform(source, id) {
      const language = /\/help\/[a-z]+\.(ko|en)\.md$/.exec(id)?.[1];
      if (language !== 'ko' && language !== 'en') return undefined;
      this.addWatchFile(BRAND);
      return { code: `export default ${JSON.stringify(sections(source, language))};`, map: null, moduleType: 'js' };
    },
  };
}

export default defineConfig({
  plugins: [labelsOnly(), guides(), svelte()],
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: {
    // The oldest web views that the helper meets: WebKitGTK 2.40, Safari 16.4, current WebView2.
    target: ['safari16.4', 'chrome111'],
    // A strict content policy allows neither inline scripts nor data URLs.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
