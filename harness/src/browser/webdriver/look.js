// Looks at the page once and returns what a login needs to know. Changes nothing.
const displayed = (element) =>
  element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
const first = (root, selector) => [...root.querySelectorAll(selector)].find(displayed) ?? null;

const username = first(document, 'input[name="username"]:not([type="hidden"])');
const password = first(document, 'input[name="password"]:not([type="hidden"])');
const form = (password ?? username)?.form;
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
  submit: form ? first(form, 'button[type="submit"]:enabled, button:not([type]):enabled, input[type="submit"]:enabled') : null,
  emptied: [username, password].every((field) => !field || field.value === ''),
};
