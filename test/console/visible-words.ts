import type { Page } from 'playwright-core';

/** What is the same in each language: names of products, of formats and keys, and of the accounts of the tests. */
const NAMES = new Set(
  [
    'Telegram Redis SpamBot fragment com recover org API API_KEYS QR SMS CSV HTML Markdown Ctrl Enter id Id me',
    'GMT English ASSISTANT_BASE_URL ASSISTANT_MODEL alice bob carol dora erin fay ivy mallory vera anna Gateway',
    'ECONNREFUSED socks mtproxy csv user_id recipient_id text send_at',
  ].flatMap((line) => line.split(' ')),
);

/** Parts of a page that show what people and programs wrote, not the console. */
const CONTENT = [
  'code',
  '.bubble',
  '.send-text',
  '.to',
  '.person',
  '.account-link',
  '.chat',
  '.conversation-head h2',
  'datalist',
];

/** The words in Latin letters that a page shows in its texts, its labels and its title, but for {@link NAMES}. */
export async function latinWords(page: Page): Promise<string[]> {
  const texts = await page.evaluate((content) => {
    const shown = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement;
      const isShown = parent?.checkVisibility() === true || parent?.tagName === 'OPTION';
      if (isShown && parent.closest(content) === null) shown.push(node.textContent ?? '');
    }
    for (const attribute of ['aria-label', 'placeholder', 'title', 'alt', 'data-label']) {
      for (const element of document.querySelectorAll(`[${attribute}]`))
        if (element.closest(content) === null) shown.push(element.getAttribute(attribute) ?? '');
    }
    return shown;
  }, CONTENT.join(', '));
  return texts.flatMap((text) =>
    (text.replaceAll(/\bhttps?:\S+/g, '').match(/[A-Za-z][A-Za-z_'’]+/g) ?? []).filter(
      (word) => !NAMES.has(word),
    ),
  );
}

/** The elements that are wider than the page or than the part that they are in. Parts that scroll may be wider. */
export async function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (element: Element): boolean => {
      for (let each: Element | null = element; each !== null; each = each.parentElement)
        if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(each).overflowX)) return true;
      return false;
    };
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll('#app *')]
      .filter((element) => {
        if (!element.checkVisibility() || element.closest('svg, .skip') !== null) return false;
        const box = element.getBoundingClientRect();
        const isCut = element.matches('button, a, .badge, th, td, h1, h2, p, label, dt, dd, li')
          ? element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
          : false;
        return (box.right > width + 1 || isCut) && !scrolls(element);
      })
      .map((element) => {
        const { right } = element.getBoundingClientRect();
        const [needed, given] = [element.scrollWidth, element.clientWidth];
        const words = element.textContent?.slice(0, 60);
        return `${element.tagName} ${element.className}: ${needed} in ${given} px, to ${right}: ${words}`;
      });
  });
}
