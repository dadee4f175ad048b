// Log-in through an OpenID Connect provider: a real one, with its own pages, on loopback.

import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';
import { startProvider } from './provider.mjs';

const people = {};
let provider;
const app = useServer({
  prepare: async () => {
    provider = await startProvider({
      redirectUri: `${app.url}/users/oidc/return`,
      logoutUri: `${app.url}/users/login`,
      people,
    });
    await set({
      provider_url: provider.issuer,
      client_id: 'sightline',
      client_secret: 'Client-Secret-9',
      role_mapper: { analyst: 'User', chief: 2 },
      default_org: '1',
      name: 'Example ID',
    });
  },
});
after(() => provider?.stop());
beforeEach(() => set({ unblock: false, update_user_role: true }));

async function set(settings) {
  for (const [name, value] of Object.entries(settings)) {
    await app.api('POST', `/servers/serverSettingsEdit/OidcAuth.${name}`, { value });
  }
}

/** The user of an address, as the administrator sees it. */
async function user(email) {
  const listed = (await app.api('GET', '/admin/users/index')).map(({ User }) => User).find((one) => one.email === email);
  return listed && (await app.api('GET', `/admin/users/view/${listed.id}`)).User;
}

/** Begins a log-in, up to the provider's question whether this server may know of it. */
async function toConsent(page, name, next = '/events/index') {
  await page.goto(`/users/login?next=${encodeURIComponent(next)}`);
  await page.getByRole('link', { name: 'Log in with Example ID' }).click();
  await signIn(page, name);
}

async function signIn(page, name) {
  await page.locator('input[name="login"]').fill(name);
  await page.locator('input[name="password"]').fill('anything');
  await page.getByRole('button', { name: /sign-in/i }).click();
  await page.getByRole('button', { name: /continue/i }).waitFor();
}

/** Agrees, and waits until this server has the browser back. */
async function agree(page) {
  await page.getByRole('button', { name: /continue/i }).click();
  await page.waitForURL((url) => url.href.startsWith(app.url));
}

/** Goes through the provider's pages as `name`. */
async function logIn(page, name, { next } = {}) {
  await toConsent(page, name, next);
  await agree(page);
}

const refusal = async (page) => (await page.getByRole('alert').innerText()).trim();
const audit = (action) =>
  app.api('POST', '/admin/audit_logs/index', { action, model: 'User', limit: 100 }).then((rows) => rows.map(({ AuditLog }) => AuditLog));

test('the log-in page offers the provider beside the password', async () => {
  const page = await app.page({ viewport: { width: 360, height: 740 } });
  await page.goto('/users/login');
  await page.getByRole('link', { name: 'Log in with Example ID' }).waitFor();
  await page.locator('input[name="password"]').waitFor();
  await axe(page);
  assert.equal(await overflows(page), false);
  await screenshot(page, 'sso-login');
});

test('a new person comes in with the role and the organisation of the claims', async () => {
  people.ada = {
    email: 'Ada@example.org',
    email_verified: true,
    roles: ['cook', 'analyst'],
    organization: 'Analytical Engines',
    organization_uuid: '0a1b2c3d-0000-4000-8000-00000000000a',
  };
  const page = await app.page();
  await logIn(page, 'ada', { next: '/organisations/index?scope=local' });
  assert.equal(new URL(page.url()).pathname, '/organisations/index');
  await page.goto('/users/profile');
  await page.getByText('Analytical Engines').first().waitFor();
  const ada = await user('ada@example.org');
  assert.deepEqual([ada.sub, ada.role_id, ada.change_pw], ['ada', '3', false]);
  const { Organisation } = await app.api('GET', `/organisations/view/${ada.org_id}`);
  assert.deepEqual([Organisation.uuid, Organisation.local], [people.ada.organization_uuid, true]);
  assert.ok((await audit('login')).some(({ title, change }) => /ada/.test(title) && /oidc/.test(JSON.stringify(change))));
  assert.ok((await audit('add')).some(({ title, change }) => /ada/.test(title) && /oidc/.test(JSON.stringify(change))));
});

test('the next log-in follows role, organisation and address', async () => {
  people.ada = { ...people.ada, email: 'ada.l@example.org', roles: 'analyst,chief', organization: 'Other', organization_uuid: undefined };
  await logIn(await app.page(), 'ada');
  assert.equal(await user('ada@example.org'), undefined);
  const ada = await user('ada.l@example.org');
  assert.deepEqual([ada.sub, ada.role_id], ['ada', '2'], 'the most powerful of two roles');
  assert.equal((await app.api('GET', `/organisations/view/${ada.org_id}`)).Organisation.name, 'Other');
  await set({ update_user_role: false });
  people.ada = { ...people.ada, roles: ['analyst'] };
  await logIn(await app.page(), 'ada');
  assert.equal((await user('ada.l@example.org')).role_id, '2', 'the role is left alone when the administrator says so');
});

test('without a role nobody comes in, and nobody is sent round in circles', async () => {
  people.cook = { email: 'cook@example.org', roles: ['cook'] };
  const page = await app.page();
  let departures = 0;
  page.on('request', (request) => { if (request.url().startsWith(`${app.url}/users/oidc?`)) departures += 1; });
  const answer = page.waitForResponse((response) => response.url().includes('/users/oidc/return'));
  await logIn(page, 'cook');
  assert.equal((await answer).status(), 403);
  assert.match(await refusal(page), /no role on this instance/);
  assert.equal(departures, 1);
  await axe(page);
  await screenshot(page, 'sso-refused');
  assert.equal(await user('cook@example.org'), undefined);
  assert.ok((await audit('login_fail')).some(({ title }) => /cook/.test(title)));
});

test('who loses the last role is disabled, sessions end, and unblock lets them in again', async () => {
  people.grace = { email: 'grace@example.org', roles: ['analyst'] };
  const inside = await app.page();
  await logIn(inside, 'grace');
  people.grace = { ...people.grace, roles: [] };
  const page = await app.page();
  await logIn(page, 'grace');
  assert.match(await refusal(page), /no role/);
  assert.equal((await user('grace@example.org')).disabled, true);
  await inside.goto('/events/index');
  assert.equal(new URL(inside.url()).pathname, '/users/login');

  people.grace = { ...people.grace, roles: ['analyst'] };
  const still = await app.page();
  await logIn(still, 'grace');
  assert.match(await refusal(still), /disabled/);
  await set({ unblock: true });
  const again = await app.page();
  await logIn(again, 'grace');
  assert.equal(new URL(again.url()).pathname, '/events/index');
  assert.equal((await user('grace@example.org')).disabled, false);
});

test('a user who was here before is found by the address once, if it is confirmed', async () => {
  const { email } = await app.user('Read Only', 'here@example.org');
  people.here = { email, email_verified: false, roles: ['analyst'] };
  const page = await app.page();
  await logIn(page, 'here');
  assert.match(await refusal(page), /not confirmed/);
  people.here.email_verified = true;
  await logIn(await app.page(), 'here');
  const bound = await user(email);
  assert.deepEqual([bound.sub, bound.role_id], ['here', '3']);
  // The same address in other hands is somebody else.
  people.thief = { email, email_verified: true, roles: ['chief'] };
  const other = await app.page();
  await logIn(other, 'thief');
  assert.match(await refusal(other), /belongs to somebody else/);
  assert.equal((await user(email)).role_id, '3');
});

test('an organisation that is only known from data is not joined by its name', async () => {
  await app.event({ info: 'From elsewhere', Orgc: { name: 'Known From Data', uuid: '0a1b2c3d-0000-4000-8000-00000000000b' } });
  await app.api('POST', '/admin/organisations/add', { name: 'Not Local', local: false });
  people.joiner = { email: 'joiner@example.org', roles: ['analyst'], organization: 'Not Local' };
  const page = await app.page();
  await logIn(page, 'joiner');
  assert.match(await refusal(page), /not an organisation of this instance/);
  assert.equal(await user('joiner@example.org'), undefined);
});

test('a return that was not begun in this browser, or was used, is refused', async () => {
  people.mallory = { email: 'mallory@example.org', roles: ['analyst'] };
  const page = await app.page();
  await page.goto('/users/oidc/return?state=forged&code=forged');
  assert.match(await refusal(page), /not begun here/);
  assert.equal(new URL(page.url()).pathname, '/users/oidc/return');

  // Mallory goes to the provider, keeps the way back, and gives it to somebody else.
  await toConsent(page, 'mallory');
  const form = await page.locator('form').getAttribute('action');
  let answer = await page.request.post(new URL(form, page.url()).href, { form: { prompt: 'consent' }, maxRedirects: 0 });
  while (!answer.headers().location.startsWith(app.url)) {
    answer = await page.request.get(answer.headers().location, { maxRedirects: 0 });
  }
  const kept = answer.headers().location;
  const victim = await app.page();
  await victim.goto(kept);
  assert.match(await refusal(victim), /not begun here/);
  await victim.goto('/events/index');
  assert.equal(new URL(victim.url()).pathname, '/users/login');

  // In Mallory's own browser it works, once.
  await page.goto(kept);
  assert.equal(new URL(page.url()).pathname, '/events/index');
  await page.goto(kept);
  assert.match(await refusal(page), /used before/);
});

test('a token made for another log-in is refused', async () => {
  people.replay = { email: 'replay@example.org', roles: ['analyst'] };
  const page = await app.page();
  // The browser is told to ask for another nonce than the one that this server has sent it with.
  await page.goto('/users/login');
  const departure = await page.request.get(`${app.url}/users/oidc`, { maxRedirects: 0 });
  const target = new URL(departure.headers().location);
  assert.equal(target.searchParams.get('code_challenge_method'), 'S256');
  target.searchParams.set('nonce', 'a-nonce-of-another-log-in');
  await page.goto(target.href);
  await signIn(page, 'replay');
  await agree(page);
  assert.match(await refusal(page), /cannot be trusted/);
  assert.equal(await user('replay@example.org'), undefined);
});

test('a log-in that is cancelled says so', async () => {
  const page = await app.page();
  await page.goto('/users/login');
  await page.getByRole('link', { name: 'Log in with Example ID' }).click();
  await page.getByRole('link', { name: /cancel/i }).click();
  await page.waitForURL((url) => url.href.startsWith(app.url));
  assert.match(await refusal(page), /cancelled/);
});

test('the way back leads to this site only', async () => {
  people.walker = { email: 'walker@example.org', roles: ['analyst'] };
  const page = await app.page();
  await logIn(page, 'walker', { next: '//elsewhere.example/' });
  assert.equal(page.url(), `${app.url}/events/index`);
});

test('logging out names the provider, and leads there', async () => {
  people.leaver = { email: 'leaver@example.org', roles: ['analyst'] };
  const page = await app.page();
  await logIn(page, 'leaver');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'You are logged out' }).waitFor();
  await axe(page);
  await screenshot(page, 'sso-left');
  await page.getByRole('link', { name: 'Log out of Example ID' }).click();
  await page.waitForURL((url) => url.href.startsWith(provider.issuer));
  await page.goto('/events/index');
  assert.equal(new URL(page.url()).pathname, '/users/login');
});

test('a wrong secret and a provider that is away are told without details', async () => {
  people.late = { email: 'late@example.org', roles: ['analyst'] };
  await set({ client_secret: 'wrong' });
  const page = await app.page();
  await logIn(page, 'late');
  assert.match(await refusal(page), /refuses this server/);
  await set({ client_secret: 'Client-Secret-9', provider_url: 'http://127.0.0.1:9' });
  const answer = await page.goto('/users/oidc');
  assert.equal(answer.status(), 502);
  assert.match(await refusal(page), /cannot be reached/);
  await set({ provider_url: provider.issuer, issuer: 'https://somebody.else.example' });
  await page.goto('/users/oidc');
  assert.match(await refusal(page), /cannot be read/);
  await set({ issuer: '' });
});

test('with external authentication only, passwords are gone', async () => {
  await app.api('POST', '/servers/serverSettingsEdit/Security.auth_enforced', { value: true });
  const page = await app.page();
  await page.goto('/users/login');
  await page.getByRole('link', { name: 'Log in with Example ID' }).waitFor();
  assert.equal(await page.locator('input[name="password"]').count(), 0);
  await app.api('POST', '/servers/serverSettingsEdit/Security.auth_enforced', { value: false });
});
