// Acting on all results of the attribute list: preview, confirmation, the job; who may not; and the list of analyst data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let event;
let reader;
const app = useServer({
  prepare: async () => {
    event = await app.event({
      info: 'A campaign with many domains',
      Attribute: Array.from({ length: 25 }, (_, n) => ({ type: 'domain', value: `${n}.campaign.example` })),
    });
    reader = await app.user('Read Only', 'reader@users.example');
  },
});

test('all results are tagged after a preview', async () => {
  const page = await app.visitor();
  await page.goto('/attributes/index?value=%25campaign.example');
  await page.getByRole('link', { name: 'Act on all 25 results…' }).click();
  await page.getByLabel('Tag', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Tag', { exact: true }).fill('campaign:harbour');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('25 attributes in 1 event match: 25 would change, 0 need no change.').waitFor();
  await axe(page);
  await screenshot(page, 'bulk-preview', { fullPage: true });
  await page.getByRole('button', { name: 'Attach a tag' }).click();
  await page.waitForURL(/\/jobs\/view\/\d+/);
  await page.getByText('25 of 25 attributes changed').first().waitFor();
  const { response } = await app.api('POST', '/attributes/restSearch', { tags: 'campaign:harbour' });
  assert.equal(response.Attribute.length, 25);

  const phone = await app.visitor({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  await phone.goto('/attributes/bulk?value=%25campaign.example');
  assert.equal(await overflows(phone), false);
  await axe(phone);
});

test('who may change nothing is not offered it and is refused', async () => {
  const page = await app.visitor(reader);
  await page.goto('/attributes/index?value=%25campaign.example');
  assert.equal(await page.getByRole('link', { name: /Act on all/ }).count(), 0);
  const answer = await page.goto('/attributes/bulk?value=%25campaign.example');
  assert.equal(answer.status(), 403);
});

test('analyst data of all kinds is listed and filtered', async () => {
  await app.api('POST', `/analystData/add/Note/${event.uuid}/Event`, { note: 'Looks like the harbour crew', distribution: '1' });
  await app.api('POST', `/analystData/add/Opinion/${event.uuid}/Event`, { opinion: '80', comment: 'Convincing', distribution: '1' });
  await app.api('POST', `/analystData/add/Relationship/${event.uuid}/Event`, {
    relationship_type: 'related-to', related_object_type: 'Attribute', related_object_uuid: event.Attribute[0].uuid, distribution: '1',
  });
  const page = await app.visitor();
  await page.goto('/');
  await page.locator('#nav').getByRole('link', { name: 'Analyst data' }).click();
  await page.getByText('Looks like the harbour crew').waitFor();
  await page.getByText('A campaign with many domains').waitFor();
  await axe(page);
  await page.getByLabel('Text').fill('nothing of the kind');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing of this kind fits.').waitFor();
  await page.getByRole('link', { name: 'Opinions' }).click();
  await page.goto('/analyst_data/index/Opinion');
  await page.getByText('80/100').waitFor();
  await page.getByRole('link', { name: 'Relationships' }).click();
  await page.getByText('0.campaign.example').waitFor();
  await axe(page);
  await screenshot(page, 'analyst-data');
  const bad = await page.goto('/analyst_data/index/Note?on=x');
  assert.equal(bad.status(), 400);
});
