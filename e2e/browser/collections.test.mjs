// Collections, tag collections, blocklists, bookmarks, news; and an event together with what extends it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let base;
let extension;
let user;
let reader;
const app = useServer({
  prepare: async () => {
    base = await app.event({ info: 'Harbour phishing', Attribute: [{ type: 'domain', value: 'harbour.example' }] });
    extension = await app.event({
      info: 'Host traces',
      extends_uuid: base.uuid,
      Attribute: [{ type: 'domain', value: 'traces.example' }],
    });
    await app.api('POST', '/tags/add', { name: 'tlp:amber' });
    await app.api('POST', '/tags/add', { name: 'workflow:todo' });
    user = await app.user('User', 'user@sightline.example');
    reader = await app.user('Read Only', 'reader@sightline.example');
  },
});

test('a collection is made, filled, emptied and deleted', async () => {
  const page = await app.visitor();
  await page.goto('/collections/index');
  await page.getByRole('link', { name: 'Add collection' }).click();
  await page.locator('form.stack').evaluate((form) => form.setAttribute('novalidate', ''));
  await page.getByRole('button', { name: 'Add collection' }).click();
  await page.locator('#name-error').waitFor();
  await axe(page);
  await page.locator('#name').fill('Operation Harbour');
  await page.locator('#description').fill('Everything around the harbour.');
  await page.getByRole('button', { name: 'Add collection' }).click();
  await page.getByRole('heading', { name: 'Operation Harbour' }).waitFor();

  await page.locator('#element_uuid').fill('not a uuid');
  await page.getByRole('button', { name: 'Add element' }).click();
  await page.locator('#element_uuid-error').waitFor();
  await page.locator('#element_uuid').fill(base.id);
  await page.locator('#description').fill('Where it began');
  await page.getByRole('button', { name: 'Add element' }).click();
  await page.getByRole('link', { name: `${base.id} Harbour phishing` }).waitFor();
  await axe(page);
  await screenshot(page, 'collection');
  await page.goto('/collections/index?searchall=harbour');
  await page.getByRole('link', { name: 'Operation Harbour' }).waitFor();
  await axe(page);
  await screenshot(page, 'collections');
  await page.getByRole('link', { name: 'Operation Harbour' }).click();
  await page.getByRole('button', { name: 'Take out Harbour phishing' }).click();
  await page.getByText('Element taken out.').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete collection' }).click();
  await page.getByText('Collection deleted.').waitFor();
});

test('a tag collection is made and attached through the picker', async () => {
  const page = await app.visitor();
  await page.goto('/tag_collections/add');
  await page.locator('#name').fill('Triage');
  await page.locator('#tags').fill('tlp:amber\nno:such=tag');
  await page.getByRole('button', { name: 'Add tag collection' }).click();
  await page.locator('#tags-error').filter({ hasText: 'There is no tag no:such=tag.' }).waitFor();
  await axe(page);
  await page.locator('#tags').fill('tlp:amber\nworkflow:todo');
  await page.getByRole('button', { name: 'Add tag collection' }).click();
  await page.getByText('Tag collection added.').waitFor();
  await axe(page);
  await screenshot(page, 'tag-collections');

  await page.goto(`/events/view/${base.id}`);
  await page.locator(`#tags-event-${base.id}`).getByRole('button', { name: 'Add a tag' }).click();
  await page.getByRole('button', { name: 'Collection Triage (2 tags)' }).click();
  await page.locator(`#tags-event-${base.id}`).getByText('amber').waitFor();
  await page.locator(`#tags-event-${base.id}`).getByText('todo').waitFor();
});

test('an event is shown with what extends it, and says where each row comes from', async () => {
  const page = await app.visitor();
  await page.goto(`/events/view/${base.id}`);
  assert.equal(await page.getByText('traces.example').count(), 0);
  await page.getByRole('link', { name: 'Show together with what extends it' }).click();
  const foreign = page.locator('tr.row').filter({ hasText: 'traces.example' });
  await foreign.getByRole('link', { name: `event ${extension.id}` }).waitFor();
  assert.equal(await foreign.getByRole('button', { name: 'Delete' }).count(), 0);
  assert.equal(await foreign.locator('input[type=checkbox]').count(), 0);
  const own = page.locator('tr.row').filter({ hasText: 'harbour.example' });
  assert.equal(await own.getByRole('button', { name: 'Delete' }).count(), 1);
  await axe(page);
  await screenshot(page, 'extended-event');
  // Filtering keeps the view.
  await page.locator('#attribute-filters input[type=search]').fill('traces');
  await page.getByText('Row 1 of 1').waitFor();
  await page.getByRole('link', { name: 'Show only this event' }).click();
  await page.getByRole('link', { name: 'Show together with what extends it' }).waitFor();
  await page.goto(`/events/view/${extension.id}`);
  await page.getByRole('link', { name: `${base.id} Harbour phishing` }).waitFor();
});

test('the administrator reads and edits the blocklists, others do not', async () => {
  const gone = await app.event({ info: 'Deleted case' });
  await app.api('POST', `/events/delete/${gone.id}`);
  const page = await app.visitor();
  await page.goto('/event_blocklists/index?searchall=Deleted');
  await page.getByRole('link', { name: 'Deleted case' }).waitFor();
  await axe(page);
  await screenshot(page, 'blocklists');
  await page.getByRole('link', { name: 'Deleted case' }).click();
  await page.locator('#comment').fill('Too noisy');
  await page.getByRole('button', { name: 'Save entry' }).click();
  await page.getByText('Entry saved.').waitFor();
  await page.getByRole('link', { name: 'Organisations', exact: true }).last().click();
  await page.getByRole('link', { name: 'Block organisations' }).click();
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await page.locator('#uuids-error').waitFor();
  await axe(page);
  await page.locator('#uuids').fill('11111111-2222-4333-8444-555555555555');
  await page.locator('#org_name').fill('Noise Ltd');
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByRole('link', { name: 'Noise Ltd' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await axe(page);
  await page.getByRole('button', { name: 'Remove entry' }).click();
  await page.getByText('Entry removed.').waitFor();

  const other = await app.visitor(user);
  const refused = await other.goto('/org_blocklists/index');
  assert.equal(refused.status(), 403);
  const nothing = await app.visitor(reader);
  await nothing.goto('/collections/index');
  assert.equal(await nothing.getByRole('link', { name: 'Add collection' }).count(), 0);
  assert.equal(await nothing.getByRole('link', { name: 'Blocklists' }).count(), 0);
  assert.equal((await nothing.goto('/collections/add')).status(), 403);
});

test('bookmarks and news fit a phone', async () => {
  const page = await app.visitor({ viewport: { width: 360, height: 700 } });
  await page.goto('/bookmarks/add');
  await page.locator('#name').fill('Open cases');
  await page.locator('#url').fill('javascript:alert(1)');
  await page.getByRole('button', { name: 'Add bookmark' }).click();
  await page.locator('#url-error').waitFor();
  await axe(page);
  await page.locator('#url').fill('/events/index?published=0');
  await page.getByRole('button', { name: 'Add bookmark' }).click();
  await page.getByRole('link', { name: 'Open cases', exact: true }).waitFor();
  await axe(page);
  assert.equal(await overflows(page), false);
  await page.goto('/news/add');
  await page.locator('#title').fill('Maintenance');
  await page.locator('#message').fill('The instance pauses on Sunday at 06:00 UTC.');
  await page.getByRole('button', { name: 'Publish news' }).click();
  await page.getByRole('heading', { name: 'Maintenance' }).waitFor();
  await axe(page);
  assert.equal(await overflows(page), false);
  await screenshot(page, 'news-phone');
  const nobody = await app.visitor(reader);
  await nobody.goto('/news/index');
  await nobody.getByRole('heading', { name: 'Maintenance' }).waitFor();
  assert.equal(await nobody.getByRole('link', { name: 'Write news' }).count(), 0);
});

test('the new pages read well in the dark', async () => {
  const page = await app.visitor({ colorScheme: 'dark' });
  for (const path of ['/collections/index', '/tag_collections/index', '/event_blocklists/index', '/bookmarks/index', '/news/index']) {
    await page.goto(path);
    await axe(page);
  }
  await screenshot(page, 'news-dark');
});
