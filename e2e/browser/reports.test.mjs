// Reports and notes: reading, writing with a preview and references, indicators, threads; and who is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

const app = useServer({ prepare });
let event;
let attribute;
let report;

async function prepare() {
  await app.api('POST', '/tags/add', { name: 'tlp:amber', colour: '#ffc000' });
  event = await app.event({
    info: 'Loader with two stages',
    Tag: [{ name: 'tlp:amber' }],
    Attribute: [
      { type: 'domain', value: 'command.example.com' },
      { type: 'ip-dst', value: '192.0.2.10' },
    ],
  });
  [attribute] = event.Attribute;
  const content = [
    '# Timeline',
    '',
    `First contact with @[attribute](${attribute.uuid}), tagged @[tag](tlp:amber), later @[object](5d2e0c1e-0d5a-4f57-8f6e-000000000099).`,
    '',
    '- beacons to 192[.]0[.]2[.]10 and hxxps://drop.example.net/a',
    '- <script>window.hacked = true</script><img src="https://tracker.example/p.png" onerror="window.hacked = true">',
    '- ![a picture](https://tracker.example/p.png) and [a link](javascript:window.hacked=true)',
    '',
    '| Stage | Hash |',
    '|---|---|',
    '| one | d41d8cd98f00b204e9800998ecf8427e |',
  ].join('\n');
  const added = await app.api('POST', `/eventReports/add/${event.id}`, { name: 'Second wave', content, distribution: '5' });
  report = added.EventReport;
}

const said = (page, text) => page.locator('#announcements').getByText(text).last().waitFor();

test('a report is found, read and harmless', async () => {
  const page = await app.visitor();
  const foreign = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(app.url)) foreign.push(request.url());
  });
  await page.goto('/events/index');
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await page.waitForURL(/event_reports\/index/);
  await axe(page);
  await screenshot(page, 'reports');
  await page.getByRole('link', { name: 'Second wave' }).click();
  const body = page.locator('.report-body');
  await body.getByRole('heading', { name: 'Timeline' }).waitFor();
  assert.match(await body.innerText(), /domain command\.example\.com/);
  assert.equal(await body.locator('.ref.missing').count(), 1, 'what is not here is said to be missing');
  assert.equal(await body.locator('img, script').count(), 0);
  assert.match(await body.innerText(), /<script>window\.hacked/);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await body.locator('a[href^="javascript"]').count(), 0);
  assert.equal(await body.getByRole('link', { name: 'Image: a picture' }).getAttribute('rel'), 'noopener noreferrer nofollow');
  assert.deepEqual(foreign, [], 'nothing was loaded from elsewhere');
  await axe(page);
  await screenshot(page, 'report');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.reload();
  await axe(page);
  await screenshot(page, 'report-dark');
  await page.setViewportSize({ width: 390, height: 844 });
  assert.equal(await overflows(page), false);
  await body.getByRole('link', { name: 'domain command.example.com' }).click();
  await page.waitForURL(new RegExp(`/events/view/${event.id}#attribute-${attribute.id}`));
});

test('a report is written with the keyboard, with a preview and a reference', async () => {
  const page = await app.visitor();
  await page.goto(`/events/view/${event.id}`);
  await page.keyboard.press('w');
  await page.waitForURL(/event_reports\/add/);
  await page.getByLabel('Name').fill('Written here');
  const text = page.getByLabel('Text, in Markdown');
  await text.focus();
  await page.keyboard.type('## Findings\n\nSeen at @@');
  const picker = page.getByRole('dialog', { name: 'Insert a reference' });
  await picker.locator('[data-reference-query]').waitFor();
  await page.waitForFunction(() => document.activeElement.matches('[data-reference-query]'));
  await axe(page);
  await page.keyboard.type('command');
  await picker.getByRole('button', { name: /tlp:amber/ }).waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await picker.waitFor({ state: 'hidden' });
  assert.equal(await text.inputValue(), `## Findings\n\nSeen at @[attribute](${attribute.uuid})`);
  await page.keyboard.type('.');
  const preview = page.locator('#preview');
  await preview.getByRole('heading', { name: 'Findings' }).waitFor();
  await preview.locator('a.ref').getByText('command.example.com').waitFor();
  await axe(page);
  await screenshot(page, 'report-form');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Report saved.').waitFor();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Name').fill('');
  await page.evaluate(() => document.querySelector('#name').removeAttribute('required'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#name-error').getByText('cannot be left blank').waitFor();
  assert.match(await page.getByLabel('Text, in Markdown').inputValue(), /## Findings/, 'what was written is kept');
  await page.getByLabel('Name').fill('Renamed');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Renamed' }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete report' }).click();
  await page.getByText('Report deleted.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Renamed' }).count(), 0);
});

test('indicators are looked through before anything is written', async () => {
  const page = await app.visitor();
  await page.goto(`/event_reports/view/${report.id}`);
  await page.keyboard.press('x');
  await page.waitForURL(/event_reports\/extract/);
  const row = (text) => page.locator('tbody tr').filter({ hasText: text });
  assert.equal(await row('192.0.2.10').getByRole('checkbox').first().isDisabled(), true, 'it is in the event');
  assert.equal(await row('https://drop.example.net/a').getByRole('checkbox').first().isChecked(), true);
  await axe(page);
  await screenshot(page, 'report-extract');
  const values = async () => (await app.api('GET', `/events/view/${event.id}`)).Event.Attribute.map(({ value }) => value);
  assert.equal((await values()).length, 2);
  await row('d41d8cd98f00b204e9800998ecf8427e').getByRole('checkbox').first().uncheck();
  for (const box of await page.locator('input[name="pick"]:checked').all()) {
    const value = await box.getAttribute('aria-label');
    if (value !== 'Add https://drop.example.net/a') await box.uncheck();
  }
  await page.getByRole('button', { name: 'Add the ticked ones' }).click();
  await page.getByText('1 attribute added.').waitFor();
  assert.deepEqual((await values()).sort(), ['192.0.2.10', 'command.example.com', 'https://drop.example.net/a']);
});

test('notes and opinions are written, answered, changed and deleted in place', async () => {
  const page = await app.visitor();
  await page.goto(`/events/view/${event.id}`);
  await page.getByRole('heading', { name: /Notes and opinions/ }).click();
  const thread = page.locator(`#thread-${event.uuid}`);
  await thread.getByText('Add a note').click();
  await thread.getByLabel('Note', { exact: true }).fill('Shared hosting: be careful.');
  await thread.getByRole('button', { name: 'Add note' }).click();
  await said(page, 'Note added.');
  await thread.locator('.note-text, .mark').getByText('Shared hosting: be careful.').waitFor();
  await page.locator(`#notes-${event.uuid}`).getByText('1').waitFor();
  await thread.getByText('Add an opinion').click();
  await thread.getByLabel('Opinion, from 0').fill('90');
  await thread.getByLabel('Why').fill('Seen as well.');
  await thread.getByRole('button', { name: 'Add opinion' }).click();
  await thread.locator('.note-text, .mark').getByText('strongly agrees').waitFor();
  const first = thread.locator('.note').first();
  await first.getByText('Reply', { exact: true }).first().click();
  await first.getByLabel('Reply').fill('<b>Blocked</b> by path.');
  await first.getByRole('button', { name: 'Reply' }).click();
  await thread.locator('.note.depth-1 .note-text').getByText('<b>Blocked</b> by path.').waitFor();
  await axe(page);
  await screenshot(page, 'event-notes', { fullPage: true });
  await first.getByText('Edit', { exact: true }).click();
  await axe(page);
  await first.getByLabel('Text').fill('Dedicated hosting after all.');
  await first.getByRole('button', { name: 'Save' }).click();
  await thread.locator('.note-text').getByText('Dedicated hosting after all.').waitFor();
  const opinion = thread.locator('.note').filter({ hasText: 'strongly agrees' });
  await opinion.getByText('Delete', { exact: true }).first().click();
  await opinion.getByRole('button', { name: 'Delete' }).click();
  await thread.getByText('strongly agrees').waitFor({ state: 'detached' });
});

test('a note on an attribute counts in its row', async () => {
  const page = await app.visitor();
  await page.goto(`/events/view/${event.id}`);
  const row = page.locator('table.attributes tr.row').filter({ hasText: 'command.example.com' });
  await row.getByRole('button', { name: 'Notes and opinions' }).click();
  const dialog = page.getByRole('dialog', { name: /Notes and opinions on command/ });
  await dialog.getByText('Add a note').click();
  await dialog.getByLabel('Note', { exact: true }).fill('Sinkholed.');
  await dialog.getByRole('button', { name: 'Add note' }).click();
  await dialog.locator('.note-text').getByText('Sinkholed.').waitFor();
  await axe(page);
  await screenshot(page, 'attribute-notes');
  await page.keyboard.press('Escape');
  await row.locator('.note-count').getByText('1').waitFor();
  await page.reload();
  await row.locator('.note-count').getByText('1').waitFor();
});

test('those who may only read are offered nothing and refused everything', async () => {
  const reader = await app.user('Read Only', 'reader@example.com');
  const page = await app.visitor(reader);
  await page.goto(`/event_reports/view/${report.id}`);
  assert.equal(await page.getByRole('link', { name: 'Edit' }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0);
  assert.equal(await page.getByText('Add a note').count(), 0);
  await axe(page);
  await page.goto(`/event_reports/extract/${report.id}`);
  assert.equal(await page.getByRole('button', { name: 'Add the ticked ones' }).count(), 0);
  for (const path of [`/event_reports/add/${event.id}`, `/event_reports/edit/${report.id}`]) {
    assert.equal((await page.goto(path)).status(), 403, path);
  }
  const sent = await page.evaluate(async (id) => {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const send = (path, body) =>
      fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ _csrf: token, ...body }) });
    return Promise.all([
      send(`/event_reports/delete/${id}`, {}),
      send(`/event_reports/edit/${id}`, { name: 'x', content: 'x', distribution: '5' }),
      send(`/event_reports/extract/${id}`, { pick: '0', 'value-0': 'x.example.com', 'type-0': 'domain' }),
    ]).then((answers) => answers.map(({ status }) => status));
  }, report.id);
  assert.deepEqual(sent, [403, 403, 403]);
  assert.equal((await page.goto('/event_reports/view/999999')).status(), 404);
});
