// Looks at the page once, for the parts of pages that are given, and returns what a login needs to know. Changes nothing.
const [pages] = arguments;
let unreadable = '';
const displayed = (element) =>
  element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
const all = (root, selector) => {
  try {
    return [...root.querySelectorAll(selector)].filter(displayed);
  } catch {
    unreadable = selector;
    return [];
  }
};
const first = (root, selector) => all(root, selector)[0] ?? null;

const folded = (text) => text.replace(/\s+/g, ' ').trim().toLowerCase().replace(/[ *:]+$/, '');
const texts = (element, pressed) => [
  ...[...(element.labels ?? [])].map((label) => label.innerText),
  element.getAttribute('aria-label') ?? '',
  element.getAttribute('placeholder') ?? '',
  pressed ? element.innerText || element.value || '' : '',
];
const labelled = (elements, label, pressed) =>
  elements.find((element) => texts(element, pressed).some((text) => folded(text) === folded(label))) ?? null;
const find = (locator, selector, pressed) => {
  if (!locator) return null;
  return typeof locator === 'string' ? first(document, locator) : labelled(all(document, selector), locator.label, pressed);
};

// The page with the most of its parts displayed; one with fields before one with a button alone.
const seen = pages
  .map((parts) => {
    const username = find(parts.username, 'input', false);
    const password = find(parts.password, 'input', false);
    const button = find(parts.button, 'button, input[type="submit"], input[type="button"], [role="button"], a', true);
    const fields = Boolean(parts.username || parts.password);
    const there = fields ? username || password : button;
    const count = [username, password, button].filter(Boolean).length;
    return { username, password, button, fields, rank: there ? (fields ? 10 : 0) + count : 0 };
  })
  .reduce((best, next) => (next.rank > best.rank ? next : best), { rank: 0 });

const username = seen.username ?? null;
const password = seen.password ?? null;
const form = (password ?? username)?.form;
const sends = 'button[type="submit"]:enabled, button:not([type]):enabled, input[type="submit"]:enabled';
const alert = first(document, '[role="alert"], #loginErrorMessage');
const navigation = performance.getEntriesByType('navigation')[0];

return {
  document: String(performance.timeOrigin),
  scheme: location.protocol,
  complete: document.readyState !== 'loading',
  status: navigation?.responseStatus ?? 0,
  title: document.title,
  alert: alert?.innerText ?? '',
  text: (document.body?.innerText ?? '').slice(0, 20000),
  username,
  password,
  submit: seen.button ?? (form ? first(form, sends) : null),
  consent: seen.rank > 0 && !seen.fields,
  emptied: [username, password].every((field) => !field || field.value === ''),
  unreadable,
};
