// Questions to reporters, forgotten passwords, what one gets by mail and with which key, letters of administrators.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { axe, login, overflows, screenshot, useServer } from './harness.mjs';

const key = (name) =>
  readFileSync(new URL(`../../crates/sightline-formats/src/openpgp/testdata/${name}.asc`, import.meta.url), 'utf8');

let reporter;
let reader;
let forgetful;

const app = useServer({
  mail: true,
  prepare: async () => {
    reporter = await app.user('Publisher', 'reporter@users.example');
    reader = await app.user('User', 'reader@users.example');
    forgetful = await app.user('User', 'forgetful@users.example');
  },
});

test('a question about an event reaches those who take questions', async () => {
  const settings = await app.visitor(reporter);
  await settings.goto('/users/profile');
  await settings.getByRole('link', { name: 'Mail and encryption' }).click();
  await settings.getByLabel('Questions about events of my organisation').check();
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByText('Saved.').waitFor();
  assert.equal(await settings.getByLabel('Questions about events of my organisation').isChecked(), true);

  const event = await app.event({ info: 'Worth a question' });
  const page = await app.visitor(reader);
  await page.goto(`/events/view/${event.id}`);
  await page.getByRole('button', { name: 'Ask…' }).click();
  await axe(page);
  await screenshot(page, 'contact');
  await page.getByLabel('Question').fill('Is the second address right?');
  await page.locator('dialog[open]').getByRole('button', { name: 'Send' }).click();
  await page.getByText('Your question is on its way.').waitFor();
  const letter = await app.control(`mail ${reporter.email}`);
  assert.match(letter.text, /Is the second address right\?/);
  assert.match(letter.subject, /Need info about event/);

  await page.goto(`/events/view/${event.id}`);
  await page.getByRole('button', { name: 'Ask…' }).click();
  await page.getByLabel('Question').fill('   ');
  await page.locator('dialog[open]').getByRole('button', { name: 'Send' }).click();
  await page.getByText('You must specify a message.').waitFor();
});

test('a key is taken when it protects and refused beside the field when it does not', async () => {
  const page = await app.visitor(reader);
  await page.goto('/users/notificationSettings');
  await axe(page);
  await page.getByLabel('OpenPGP public key').fill(key('expired'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#gpgkey-error').waitFor();
  assert.match(await page.locator('#gpgkey-error').innerText(), /expired/);
  assert.match(await page.getByLabel('OpenPGP public key').inputValue(), /BEGIN PGP/);
  await axe(page);
  await page.getByLabel('OpenPGP public key').fill(key('modern'));
  await page.getByLabel('A summary of every week').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Mails are encrypted with').waitFor();
  await screenshot(page, 'mail-settings');
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await overflows(page), false);
});

test('a summary lists what the reader sees', async () => {
  const { id } = await app.event({ info: 'In the summary', Attribute: [{ type: 'domain', value: 'evil.example' }] });
  await app.api('POST', `/events/publish/${id}`);
  const page = await app.visitor(reader);
  await page.goto('/users/viewPeriodicSummary/daily');
  await page.getByRole('link', { name: 'In the summary' }).waitFor();
  await axe(page);
  await screenshot(page, 'summary');
  await page.goto('/users/viewPeriodicSummary/hourly');
  await page.getByText('There is no such summary.').waitFor();
});

test('a forgotten password is chosen anew through a link that works once', async () => {
  const page = await app.page();
  await page.goto('/users/login');
  await page.getByRole('link', { name: 'Forgotten password?' }).click();
  await axe(page);
  await page.getByLabel('E-mail').fill(forgetful.email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
  await axe(page);
  const letter = await app.control(`mail ${forgetful.email}`);
  const [link] = letter.text.match(/\/users\/password_reset\/\w+/);
  await page.goto(link);
  await axe(page);
  const fill = async (one, two) => {
    await page.locator('#password').fill(one);
    await page.locator('#confirm_password').fill(two);
    await page.getByRole('button', { name: 'Set password' }).click();
  };
  await fill('Another-Horse-2025', 'Another-Cow-2025');
  await page.getByText('The two passwords are not the same.').first().waitFor();
  await fill('Another-Horse-2025', 'Another-Horse-2025');
  await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
  await login(page, { email: forgetful.email, password: 'Another-Horse-2025' });
  await page.goto(link);
  await page.getByText('This link is not valid any more.').waitFor();
});

test('an administrator writes to everybody; without a subject nothing is sent', async () => {
  const page = await app.visitor();
  await page.goto('/admin/users/index');
  await page.getByRole('link', { name: 'Write to users' }).click();
  await axe(page);
  await page.getByLabel('Subject').fill('Maintenance');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#body-error').waitFor();
  assert.equal(await page.getByLabel('Subject').inputValue(), 'Maintenance');
  await page.getByLabel('Text').fill('Tonight from ten.');
  await screenshot(page, 'write');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText(/\d mail\(s\) queued\./).waitFor();
});
