// The box on top: suggestions while one types, by keyboard; the page of results; and nothing of what others hide.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let harbour;
let reader;
const app = useServer({
  prepare: async () => {
    harbour = await app.event({
      info: 'Harbour phishing',
      distribution: '1',
      Attribute: [
        { type: 'domain', value: 'harbour.example' },
        { type: 'domain', value: 'www.harbour.example' },
        { type: 'ip-dst', value: '192.0.2.77' },
        { type: 'ip-src', value: '192.0.2.0/24' },
      ],
    });
    await app.event({ info: 'Secret harbour', distribution: '0', Attribute: [{ type: 'domain', value: 'secret.harbour.example' }] });
    await app.api('POST', '/tags/add', { name: 'place:harbour' });
    await app.api('POST', `/eventReports/add/${harbour.id}`, { name: 'Harbour report', content: 'Ships.', distribution: '5' });
    const { Organisation } = await app.api('POST', '/admin/organisations/add', { name: 'Other' });
    reader = await app.user('User', 'reader@other.example');
    const users = await app.api('GET', '/admin/users/index');
    const { id } = users.map(({ User }) => User).find(({ email }) => email === reader.email);
    await app.api('POST', `/admin/users/edit/${id}`, { org_id: Organisation.id });
  },
});

test('suggestions come as one types, exact ones first, and the keyboard goes there', async () => {
  const page = await app.visitor();
  await page.goto('/feeds/index');
  await page.keyboard.press('/');
  const box = page.locator('#omnibox');
  await box.pressSequentially('harbour.example');
  const offers = page.locator('#omnibox-offers [role=option]');
  await offers.first().waitFor();
  assert.match(await offers.first().innerText(), /Value\s*harbour\.example/);
  assert.equal(await box.getAttribute('aria-expanded'), 'true');
  await axe(page);
  await page.keyboard.press('ArrowDown');
  assert.equal(await box.getAttribute('aria-activedescendant'), 'offer-1');
  await screenshot(page, 'suggestions');
  await page.keyboard.press('Escape');
  assert.equal(await offers.count(), 0);
  await box.fill('place:harb');
  await page.getByRole('option', { name: /place:harbour/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/events\/index\?tag=place%3Aharbour/);
});

test('enter shows all that was found, a tab for each kind', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  await page.locator('#omnibox').fill('harbour');
  await page.locator('#omnibox').press('Enter');
  await page.getByRole('heading', { name: /harbour/ }).waitFor();
  assert.equal(await page.locator('tbody tr').count(), 3);
  assert.equal(await page.locator('#omnibox').inputValue(), 'harbour');
  await axe(page);
  await screenshot(page, 'search');
  for (const [tab, expected] of [['Events', 'Harbour phishing'], ['Tags', 'place:harbour'], ['Reports', 'Harbour report']]) {
    await page.getByRole('list', { name: 'Kinds of results' }).getByRole('link', { name: tab }).click();
    await page.getByRole('link', { name: expected, exact: true }).waitFor();
  }
  await page.goto('/search?q=192.0.2.77');
  const found = await page.locator('tbody .title').allInnerTexts();
  assert.deepEqual(found, ['192.0.2.77', '192.0.2.0/24']);
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await overflows(page), false);
  await page.goto(`/search?q=${harbour.uuid}`);
  await page.getByRole('list', { name: 'Kinds of results' }).getByRole('link', { name: 'Events' }).click();
  await page.getByRole('link', { name: 'Harbour phishing' }).waitFor();
});

test('what one may not see is neither suggested nor found nor counted', async () => {
  const page = await app.visitor(reader);
  await page.goto('/search?q=harbour.example');
  assert.deepEqual((await page.locator('tbody .title').allInnerTexts()).toSorted(), ['harbour.example', 'www.harbour.example']);
  await page.goto('/search?q=secret');
  await page.getByText('Nothing here matches.').waitFor();
  for (const tab of await page.getByRole('list', { name: 'Kinds of results' }).getByRole('link').allInnerTexts()) {
    assert.match(tab, / 0$/, tab);
  }
  await page.locator('#omnibox').fill('secret.harb');
  await page.locator('#omnibox-offers [role=option]').first().waitFor();
  assert.equal(await page.locator('#omnibox-offers [role=option]').count(), 1);
});
