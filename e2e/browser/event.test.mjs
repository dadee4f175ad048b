// The page of one event: what it says, and everything that can be done in place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

const app = useServer({ prepare });
let event;
let other;

async function prepare() {
  for (const [name, colour] of [
    ['tlp:amber', '#ffc000'],
    ['workflow:state="draft"', '#0088cc'],
  ]) {
    await app.api('POST', '/tags/add', { name, colour });
  }
  other = await app.event({
    info: 'Earlier case',
    published: true,
    Attribute: [{ type: 'domain', value: 'shared.example' }],
  });
  event = await app.event({
    info: 'Loader with two stages',
    date: '2026-02-03',
    threat_level_id: '2',
    analysis: '1',
    Tag: [{ name: 'tlp:amber' }],
    Attribute: [
      { type: 'domain', value: 'shared.example', comment: 'command server', first_seen: '2026-02-01T04:05:06.789+00:00' },
      { type: 'ip-dst', value: '192.0.2.10', to_ids: true },
      { type: 'url', value: 'https://edit-me.example/a', to_ids: false },
      { type: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427e' },
      { type: 'hostname', value: 'sighted.example' },
      { type: 'domain', value: 'doomed.example' },
    ],
    Object: [
      {
        name: 'file',
        'meta-category': 'file',
        template_uuid: '688c46fb-5edb-40a3-8273-1af7923e2215',
        template_version: '24',
        Attribute: [
          { type: 'filename', object_relation: 'filename', value: 'stage1.exe' },
          { type: 'sha1', object_relation: 'sha1', value: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
        ],
      },
    ],
  });
}

const open = async (options) => {
  const page = await app.visitor(options);
  await page.goto(`/events/view/${event.id}`);
  return page;
};
const row = (page, text) => page.locator('table.attributes tr.row').filter({ hasText: text });
const saved = async (value) => {
  const { Event } = await app.api('GET', `/events/view/${event.id}`);
  return Event.Attribute.find((attribute) => attribute.value === value);
};
const said = (page, text) => page.locator('#announcements').getByText(text).last().waitFor();

test('the page says what the event is', async () => {
  const page = await open();
  const facts = await page.locator('.event-meta .panel').first().innerText();
  for (const text of [event.uuid, 'SIGHTLINE TEST', '2026-02-03', '8 attributes, 1 object', 'This community', 'tlp:', 'amber', 'never']) {
    assert.ok(facts.includes(text), `"${text}" is not in:\n${facts}`);
  }
  const head = await page.locator('.event-head').innerText();
  assert.match(head, /Loader with two stages[\s\S]*Medium threat[\s\S]*analysis ongoing[\s\S]*not published/);
  assert.match(await row(page, 'command server').innerText(), /since 2026-02-01 04:05(?!:)/);
  await axe(page);
  await screenshot(page, 'event');
});

test('every button of a row is in sight at every width', async () => {
  const page = await open();
  for (const width of [1440, 1280, 1200, 1000, 800, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const box = await row(page, '192.0.2.10').getByRole('button', { name: 'Delete' }).boundingBox();
    assert.ok(box.x + box.width <= width, `the last button ends at ${box.x + box.width} of ${width} px`);
    assert.equal(await overflows(page), false, `the page scrolls sideways at ${width} px`);
  }
});

test('related events are named, in the row and beside the event', async () => {
  const page = await open();
  const related = page.locator('.related');
  assert.match(await related.innerText(), /Related events 1[\s\S]*Earlier case/);
  assert.doesNotMatch(await related.innerText(), /\b0 shared/);
  await row(page, 'shared.example').getByRole('link', { name: other.id, exact: true }).click();
  await page.getByRole('heading', { name: 'Earlier case' }).waitFor();
});

test('a tag is found in the picker, put on and taken off', async () => {
  const page = await open();
  const tags = page.locator(`#tags-event-${event.id}`);
  await tags.getByRole('button', { name: 'Add a tag' }).click();
  await page.getByPlaceholder('Find a tag…').pressSequentially('draft');
  await page.locator('#tag-offers li').filter({ hasText: 'tlp' }).waitFor({ state: 'detached' });
  await axe(page);
  await page.locator('#tag-offers button.offer').click();
  await tags.getByText('state="draft"').waitFor();
  await said(page, 'Tag added.');
  assert.equal(await page.locator('dialog[open]').count(), 0);
  await tags.getByRole('button', { name: 'Remove the tag workflow:state="draft"' }).click();
  await tags.getByText('state="draft"').waitFor({ state: 'detached' });

  const cell = row(page, '192.0.2.10').locator('.tags');
  await row(page, '192.0.2.10').hover();
  await cell.getByRole('button', { name: 'Add a tag' }).click();
  await page.getByPlaceholder('Find a tag…').pressSequentially('seen:this-week');
  await page.getByRole('button', { name: /New tag/ }).click();
  await cell.getByText('this-week').waitFor();
  assert.deepEqual((await saved('192.0.2.10')).Tag.map(({ name }) => name), ['seen:this-week']);
});

test('an attribute is refused beside its field, then added', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Add attribute' }).click();
  const dialog = page.locator('dialog#add-attribute');
  await dialog.locator('#type').selectOption('ip-dst');
  await dialog.locator('#value').fill('not an address');
  await axe(page);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.locator('#value-error').waitFor();
  assert.equal(await dialog.locator('#value').inputValue(), 'not an address');
  assert.equal(await dialog.locator('#type').inputValue(), 'ip-dst');
  await axe(page);
  await dialog.locator('#value').fill('198.51.100.7');
  await dialog.locator('#comment').fill('second server');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('1 attribute added.').waitFor();
  await row(page, '198.51.100.7').waitFor();
  const { type, category, comment } = await saved('198.51.100.7');
  assert.deepEqual([type, category, comment], ['ip-dst', 'Network activity', 'second server']);
});

test('many values are added at once; those that do not fit stay in the form', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Add attribute' }).click();
  const dialog = page.locator('dialog#add-attribute');
  await dialog.locator('#type').selectOption('ip-src');
  await dialog.locator('#value').fill('203.0.113.1\n203.0.113.2\nrubbish\n203.0.113.3');
  await dialog.locator('#batch_import').check();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.locator('#value-error').waitFor();
  assert.equal(await dialog.locator('#value').inputValue(), 'rubbish');
  assert.match(await dialog.getByRole('alert').innerText(), /3 attributes added/);
  await dialog.locator('#value').fill('203.0.113.4');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('1 attribute added.').waitFor();
  for (const last of [1, 2, 3, 4]) assert.equal((await saved(`203.0.113.${last}`)).type, 'ip-src');
});

test('a row is edited in place', async () => {
  const page = await open();
  const { id } = await saved('https://edit-me.example/a');
  const line = page.locator(`#attribute-${id}`);
  await line.getByRole('button', { name: 'Edit' }).click();
  await line.locator('[name="type"]').selectOption('ip-dst');
  await line.getByRole('button', { name: 'Save' }).click();
  await line.getByRole('alert').waitFor();
  await axe(page);
  await line.getByRole('button', { name: 'Cancel' }).click();
  await line.locator('.c-value').getByText('https://edit-me.example/a').waitFor();

  await line.getByRole('button', { name: 'Edit' }).click();
  await line.locator('[name="value"]').fill('https://edited.example/b');
  await line.locator('[name="comment"]').fill('moved');
  await line.getByRole('button', { name: 'Save' }).click();
  await line.locator('.c-value').getByText('https://edited.example/b').waitFor();
  await said(page, 'Attribute saved.');
  const attribute = await saved('https://edited.example/b');
  assert.deepEqual([attribute.id, attribute.type, attribute.comment], [id, 'url', 'moved']);
});

test('the IDS flag is switched in the row', async () => {
  const page = await open();
  const toggle = row(page, '192.0.2.10').getByRole('switch');
  assert.equal(await toggle.getAttribute('aria-checked'), 'true');
  await toggle.click();
  await row(page, '192.0.2.10').locator('[aria-checked="false"]').waitFor();
  assert.equal((await saved('192.0.2.10')).to_ids, false);
});

test('a sighting and a false positive are counted', async () => {
  const page = await open();
  const line = row(page, 'sighted.example');
  await line.getByRole('button', { name: /Add a sighting; seen 0/ }).click();
  await line.getByRole('button', { name: /Add a sighting; seen 1/ }).waitFor();
  await line.getByRole('button', { name: /Report a false positive; reported 0/ }).click();
  await line.getByRole('button', { name: /Report a false positive; reported 1/ }).waitFor();
  await page.reload();
  assert.match(await page.locator('.event-meta').innerText(), /1 seen, 1 false positive/);
  await page.goto('/events/index?all=Loader');
  assert.match(await page.locator('table.events tbody tr .seen-cell').innerText(), /^[12]$/);
});

test('an attribute is deleted, found among the deleted ones and restored', async () => {
  const page = await open();
  await row(page, 'doomed.example').getByRole('button', { name: 'Delete' }).click();
  assert.match(await page.locator('dialog[open]').innerText(), /doomed\.example/);
  await page.locator('dialog[open]').getByRole('button', { name: 'Delete' }).click();
  await said(page, 'Attribute deleted.');
  assert.equal(await saved('doomed.example'), undefined);
  await page.reload();
  assert.equal(await row(page, 'doomed.example').count(), 0);
  await page.locator('#attribute-filters select[name="deleted"]').selectOption('1');
  await row(page, 'doomed.example').getByRole('button', { name: 'Restore' }).click();
  await said(page, 'Attribute restored.');
  assert.equal((await saved('doomed.example')).deleted, false);
});

test('the filter narrows the table, the folding hides what is in objects', async () => {
  const page = await open();
  const lines = page.locator('table.attributes tr.row:not(.object)');
  await page.getByPlaceholder('Value, comment or type').fill('command server');
  await page.getByText(/Row 1 of 1$/).waitFor();
  assert.equal(await lines.count(), 1);
  await page.getByPlaceholder('Value, comment or type').fill('');
  await row(page, 'stage1.exe').waitFor();
  await page.locator('#attribute-filters select[name="group"]').selectOption('file');
  await row(page, '192.0.2.10').waitFor({ state: 'detached' });
  assert.ok((await lines.count()) >= 3);

  await page.getByRole('button', { name: 'Fold the object file' }).click();
  assert.equal(await row(page, 'stage1.exe').isVisible(), false);
  await page.getByRole('button', { name: 'Fold the object file' }).click();
  assert.equal(await row(page, 'stage1.exe').isVisible(), true);
  await page.getByRole('button', { name: 'Fold objects' }).click();
  assert.equal(await row(page, 'stage1.exe').isVisible(), false);
  assert.equal(await row(page, 'd41d8cd98f00b204e9800998ecf8427e').isVisible(), true);
});

test('publishing says who will see it, and can be taken back', async () => {
  const page = await open();
  const published = async () => (await app.api('GET', `/events/view/${event.id}`)).Event.published;
  await page.getByRole('button', { name: 'Publish…' }).click();
  assert.match(await page.locator('dialog[open]').innerText(), /Everyone on this instance/);
  await axe(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Event published.').waitFor();
  assert.equal(await published(), true);
  await page.getByRole('button', { name: 'Unpublish' }).click();
  await axe(page);
  await page.locator('dialog[open]').getByRole('button', { name: 'Unpublish' }).click();
  await page.getByText('Event unpublished.').waitFor();
  assert.equal(await published(), false);
});

test('the event can be taken away as MISP JSON', async () => {
  const page = await open();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'JSON' }).click()]);
  const chunks = await (await download.createReadStream()).toArray();
  const { Event } = JSON.parse(Buffer.concat(chunks).toString());
  assert.equal(Event.uuid, event.uuid);
  assert.ok(Event.Attribute.length >= 6);
});

test('an event is deleted after a question', async () => {
  const doomed = await app.event({ info: 'To be deleted' });
  const page = await app.visitor();
  await page.goto(`/events/view/${doomed.id}`);
  await page.getByRole('button', { name: 'Delete', exact: true }).first().click();
  await axe(page);
  await page.getByRole('button', { name: 'Delete event' }).click();
  await page.getByText('Event deleted.').waitFor();
  assert.equal((await page.goto(`/events/view/${doomed.id}`)).status(), 404);
});
