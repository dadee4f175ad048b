// A real OpenID Connect provider on loopback: its own log-in and consent pages, people that the test changes.

import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/** Starts a provider that knows one client; `people` maps a name to claims, read anew at every log-in. */
export async function startProvider({ redirectUri, logoutUri, people }) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'sightline',
        client_secret: 'Client-Secret-9',
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [logoutUri],
      },
    ],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['roles', 'organization', 'organization_uuid'],
    },
    cookies: { keys: ['a key of this test'] },
    pkce: { required: () => true },
    findAccount: async (_, id) => ({
      accountId: id,
      claims: async () => ({ ...people[id], sub: id }),
    }),
  });
  server.on('request', provider.callback());
  return {
    issuer,
    stop: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}
